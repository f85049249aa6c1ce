import {
  type AccessPath,
  ALWAYS_NULL,
  LOGGED_IN,
  MODERATORS,
  OWNER,
  OWNER_NULL,
  PUBLIC,
} from './access-path.ts';
import { OPERATION_PATHS } from './authorisation-operations.ts';

const PUBLIC_VIDEO =
  'id title player status uploadedAt processedAt votes viewerHasVoted durationSeconds hidden processedUrl posterUrl previewUrl storyboardUrl';

const page = (type: string, list: string, row = PUBLIC): AccessPath[] => [
  { type, toDocument: it => list.replace('…', it), rows: [[row, 'edges nodes pageInfo']] },
  {
    type: `${type}Edge`,
    toDocument: it => list.replace('…', `edges { ${it} }`),
    rows: [[row, 'cursor node']],
  },
];

export const ACCESS_PATHS: readonly AccessPath[] = [
  ...OPERATION_PATHS,
  {
    type: 'Video',
    toDocument: (it, { failed }) => `{ video(id: "${failed}") { ${it} } }`,
    rows: [
      [OWNER, 'id title player status failure uploadedAt votes viewerHasVoted originalUrl hidden'],
      [
        OWNER_NULL,
        'durationSeconds hiddenReason posterUrl previewUrl processedAt processedUrl storyboardUrl',
      ],
      [['absent', 'absent', 'FORBIDDEN', 'given'], 'auditTrail'],
    ],
  },
  {
    type: 'Video',
    toDocument: (it, { published }) => `{ node(id: "${published}") { ... on Video { ${it} } } }`,
    rows: [
      [PUBLIC, PUBLIC_VIDEO],
      [ALWAYS_NULL, 'failure hiddenReason'],
      [['null', 'null', 'given', 'given'], 'originalUrl'],
      [MODERATORS, 'auditTrail'],
    ],
  },
  {
    type: 'VideoFailure',
    toDocument: (it, { failed }) => `{ video(id: "${failed}") { failure { ${it} } } }`,
    rows: [[OWNER, 'reason message']],
  },
  {
    type: 'VideoStatusEvent',
    toDocument: (it, { failed }) => `subscription { videoStatus(videoId: "${failed}") { ${it} } }`,
    rows: [
      [
        ['FORBIDDEN', 'FORBIDDEN', 'given', 'given'],
        'sequence video status percent attempt maxAttempts failure',
      ],
      [['FORBIDDEN', 'FORBIDDEN', 'null', 'null'], 'phase queuePosition etaSeconds'],
    ],
  },
  {
    type: 'AuditEntry',
    toDocument: (it, { published }) => `{ video(id: "${published}") { auditTrail { ${it} } } }`,
    rows: [[MODERATORS, 'at action actor reason subjectId']],
  },
  {
    type: 'Player',
    toDocument: (it, { owner }) => `{ node(id: "${owner}") { ... on Player { ${it} } } }`,
    rows: [[PUBLIC, 'id username firstName lastName city cityRanking country ranking videos']],
  },
  {
    type: 'Viewer',
    toDocument: it => `{ me { ${it} } }`,
    rows: [
      [LOGGED_IN, 'player email role myVotes'],
      [['absent', 'null', 'null', 'null'], 'votesRemaining'],
    ],
  },
  {
    type: 'ViewerMyVotesConnection',
    toDocument: it => `{ me { myVotes { ${it} } } }`,
    rows: [[LOGGED_IN, 'edges nodes pageInfo']],
  },
  {
    type: 'ViewerMyVotesConnectionEdge',
    toDocument: it => `{ me { myVotes { edges { ${it} } } } }`,
    rows: [[LOGGED_IN, 'cursor node']],
  },
  {
    type: 'Vote',
    toDocument: it => `{ me { myVotes { nodes { ${it} } } } }`,
    rows: [[LOGGED_IN, 'castAt video videoId']],
  },
  ...page('QueryVideosConnection', '{ videos { … } }'),
  ...page('QueryAllVideosConnection', '{ allVideos { … } }', MODERATORS),
  ...page('QueryAuditTrailConnection', '{ auditTrail { … } }', MODERATORS),
  {
    type: 'PlayerVideosConnection',
    toDocument: (it, { owner }) => `{ node(id: "${owner}") { ... on Player { videos { ${it} } } } }`,
    rows: [[PUBLIC, 'edges nodes pageInfo']],
  },
  {
    type: 'PlayerVideosConnectionEdge',
    toDocument: (it, { owner }) =>
      `{ node(id: "${owner}") { ... on Player { videos { edges { ${it} } } } } }`,
    rows: [[PUBLIC, 'cursor node']],
  },
  {
    type: 'PageInfo',
    toDocument: it => `{ videos { pageInfo { ${it} } } }`,
    rows: [[PUBLIC, 'hasNextPage hasPreviousPage startCursor endCursor']],
  },
  {
    type: 'RankingConnection',
    toDocument: it => `{ rankings { ${it} } }`,
    rows: [[PUBLIC, 'edges nodes pageInfo totalCount']],
  },
  {
    type: 'RankingEdge',
    toDocument: it => `{ rankings { edges { ${it} } } }`,
    rows: [[PUBLIC, 'cursor node']],
  },
  {
    type: 'RankingEntry',
    toDocument: it => `{ rankings { nodes { ${it} } } }`,
    rows: [[PUBLIC, 'position player votes']],
  },
  {
    type: 'RankingOf',
    toDocument: (it, { owner }) => `{ rankingOf(playerId: "${owner}") { ${it} } }`,
    rows: [[PUBLIC, 'entry neighbours']],
  },
  {
    type: 'RankingChange',
    toDocument: it => `subscription { rankingChanged { ${it} } }`,
    rows: [[PUBLIC, 'entries at']],
  },
  { type: 'City', toDocument: it => `{ cities { ${it} } }`, rows: [[PUBLIC, 'name players votes']] },
  {
    type: 'Contest',
    toDocument: it => `{ contest { ${it} } }`,
    rows: [
      [
        PUBLIC,
        'clipSeconds maxSourceSeconds maxUploadBytes minSourceHeight minSourceSeconds phase winnersPerCity',
      ],
      [ALWAYS_NULL, 'maxVotesPerPlayer votingOpensAt votingClosesAt'],
    ],
  },
];

/** The path to the winners, which exist after the voting. */
export const WINNER_PATH: AccessPath = {
  type: 'Winner',
  toDocument: it => `{ results { ${it} } }`,
  rows: [[PUBLIC, 'certifiedAt city decidedBy player position reachedAt votes']],
};

/** Types that only mutations return, with their fields. */
export const OUTCOMES: Record<string, string> = {
  Session: 'accessToken expiresIn refreshToken tokenType viewer',
  LoggedOut: 'wasOpen',
  DeletedVideo: 'videoId',
  VoteWithdrawn: 'videoId',
  DirectUpload: 'expiresAt headers uploadId url',
  UploadHeader: 'name value',
  InputProblem: 'message path',
  InvalidInput: 'code message problems',
  FileTooLarge: 'code message limitBytes',
  TooManyAttempts: 'code message retryAfterSeconds',
  VoteLimitReached: 'code message limit',
  ...Object.fromEntries(
    'AlreadyVoted BadCredentials DirectUploadUnavailable EmailTaken IdempotencyKeyReused NotVoted OwnVideo SessionExpired UnsupportedFile UploadNotFound VideoIsPublished VideoNotFailed VideoNotFound VideoNotPublished VotingClosed'
      .split(' ')
      .map(name => [name, 'code message']),
  ),
};
