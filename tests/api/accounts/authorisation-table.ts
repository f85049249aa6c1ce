/** Who asks, in the order of the columns below. */
export const VIEWERS = ['anyone', 'player', 'owner', 'moderator'] as const;

/**
 * What each of {@link VIEWERS} gets of a field: its value (`given`), `null` in its place, nothing, as what it belongs to is
 * not theirs to see (`absent`), an error's code, or the type that a mutation answers with.
 */
export type Row = readonly [string, string, string, string];

/** What a document is about. */
export interface Subjects {
  /** The owner, by global id. */
  owner: string;
  /** The owner's username. */
  username: string;
  /** The owner's video that failed. */
  failed: string;
  /** Another one of them, for this document alone. */
  fresh: string;
  /** The owner's video that everybody has voted for. */
  published: string;
}

/** The fields of a type, as they are met on one way. */
export interface Way {
  type: string;
  /** A document that asks for `it` of the type. */
  reach: (it: string, subjects: Subjects) => string;
  /** Rows with the fields that they stand for. */
  rows: readonly (readonly [Row, string])[];
  /** The arguments of a field. */
  arguments?: Record<string, (subjects: Subjects) => string>;
}

const EVERYBODY: Row = ['given', 'given', 'given', 'given'];
const NOBODY: Row = ['null', 'null', 'null', 'null'];
const THE_LOGGED_IN: Row = ['absent', 'given', 'given', 'given'];
const ITS_OWN: Row = ['absent', 'absent', 'given', 'given'];
const ITS_OWN_NULL: Row = ['absent', 'absent', 'null', 'null'];
const MODERATORS: Row = ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'given'];
/** With files on a folder, to which nobody can send any. */
const DIRECT: Row = [
  'UNAUTHENTICATED',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
];
const given = (type: string): Row => ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', type];
const PUBLIC_VIDEO =
  'id title player status uploadedAt processedAt votes viewerHasVoted durationSeconds hidden processedUrl posterUrl previewUrl storyboardUrl';

const page = (type: string, list: string, row = EVERYBODY): Way[] => [
  { type, reach: it => list.replace('…', it), rows: [[row, 'edges nodes pageInfo']] },
  {
    type: `${type}Edge`,
    reach: it => list.replace('…', `edges { ${it} }`),
    rows: [[row, 'cursor node']],
  },
];

export const WAYS: readonly Way[] = [
  {
    type: 'Query',
    reach: it => `{ ${it} }`,
    arguments: {
      node: ({ failed }) => `(id: "${failed}")`,
      nodes: ({ failed }) => `(ids: ["${failed}"])`,
      video: ({ failed }) => `(id: "${failed}")`,
      player: ({ username }) => `(username: "${username}")`,
      rankingOf: ({ owner }) => `(playerId: "${owner}")`,
    },
    rows: [
      [EVERYBODY, 'cities contest nodes player rankingOf rankings videos'],
      [['null', 'null', 'given', 'given'], 'node video'],
      [['null', 'given', 'given', 'given'], 'me'],
      [NOBODY, 'results'],
      [MODERATORS, 'allVideos auditTrail queueBoardUrl'],
    ],
  },
  {
    type: 'Mutation',
    reach: it => `mutation { ${it} }`,
    arguments: {
      signUp: () =>
        '(input: { firstName: "", lastName: "", email: "", password: "", passwordConfirmation: "", city: "", country: "" })',
      logIn: () => '(input: { email: "nobody@example.com", password: "a guess" })',
      logOut: () => '(refreshToken: "none")',
      refreshSession: () => '(refreshToken: "none")',
      updateProfile: () => '(input: { city: "" })',
      castVote: ({ published }) => `(videoId: "${published}")`,
      withdrawVote: ({ fresh }) => `(videoId: "${fresh}")`,
      deleteVideo: ({ fresh }) => `(videoId: "${fresh}")`,
      hideVideo: ({ fresh }) => `(videoId: "${fresh}", reason: "Why not")`,
      restoreVideo: ({ fresh }) => `(videoId: "${fresh}", reason: "Why not")`,
      requeueVideo: ({ fresh }) => `(videoId: "${fresh}", reason: "Why not")`,
      closeContest: () => '(reason: "")',
      createUpload: () => '(input: { sizeBytes: 1, type: MP4 })',
      completeUpload: () => '(input: { uploadId: "none", title: "Sent elsewhere" })',
    },
    rows: [
      [['InvalidInput', 'InvalidInput', 'InvalidInput', 'InvalidInput'], 'signUp'],
      [['BadCredentials', 'BadCredentials', 'BadCredentials', 'BadCredentials'], 'logIn'],
      [['LoggedOut', 'LoggedOut', 'LoggedOut', 'LoggedOut'], 'logOut'],
      [['SessionExpired', 'SessionExpired', 'SessionExpired', 'SessionExpired'], 'refreshSession'],
      [['UNAUTHENTICATED', 'InvalidInput', 'InvalidInput', 'InvalidInput'], 'updateProfile'],
      [['UNAUTHENTICATED', 'UnsupportedFile', 'UnsupportedFile', 'UnsupportedFile'], 'uploadVideo'],
      [DIRECT, 'createUpload completeUpload'],
      [['UNAUTHENTICATED', 'AlreadyVoted', 'OwnVideo', 'AlreadyVoted'], 'castVote'],
      [['UNAUTHENTICATED', 'NotVoted', 'NotVoted', 'NotVoted'], 'withdrawVote'],
      [['UNAUTHENTICATED', 'VideoNotFound', 'DeletedVideo', 'VideoNotFound'], 'deleteVideo'],
      [given('Video'), 'hideVideo restoreVideo requeueVideo'],
      [given('InvalidInput'), 'closeContest'],
    ],
  },
  {
    type: 'Subscription',
    reach: it => `subscription { ${it} }`,
    arguments: { videoStatus: ({ failed }) => `(videoId: "${failed}")` },
    rows: [
      [EVERYBODY, 'rankingChanged'],
      [['FORBIDDEN', 'FORBIDDEN', 'given', 'given'], 'videoStatus'],
    ],
  },
  {
    type: 'Video',
    reach: (it, { failed }) => `{ video(id: "${failed}") { ${it} } }`,
    rows: [
      [ITS_OWN, 'id title player status failure uploadedAt votes viewerHasVoted originalUrl hidden'],
      [
        ITS_OWN_NULL,
        'durationSeconds hiddenReason posterUrl previewUrl processedAt processedUrl storyboardUrl',
      ],
      [['absent', 'absent', 'FORBIDDEN', 'given'], 'auditTrail'],
    ],
  },
  {
    type: 'Video',
    reach: (it, { published }) => `{ node(id: "${published}") { ... on Video { ${it} } } }`,
    rows: [
      [EVERYBODY, PUBLIC_VIDEO],
      [NOBODY, 'failure hiddenReason'],
      [['null', 'null', 'given', 'given'], 'originalUrl'],
      [MODERATORS, 'auditTrail'],
    ],
  },
  {
    type: 'VideoFailure',
    reach: (it, { failed }) => `{ video(id: "${failed}") { failure { ${it} } } }`,
    rows: [[ITS_OWN, 'reason message']],
  },
  {
    type: 'VideoStatusEvent',
    reach: (it, { failed }) => `subscription { videoStatus(videoId: "${failed}") { ${it} } }`,
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
    reach: (it, { published }) => `{ video(id: "${published}") { auditTrail { ${it} } } }`,
    rows: [[MODERATORS, 'at action actor reason subjectId']],
  },
  {
    type: 'Player',
    reach: (it, { owner }) => `{ node(id: "${owner}") { ... on Player { ${it} } } }`,
    rows: [[EVERYBODY, 'id username firstName lastName city cityRanking country ranking videos']],
  },
  {
    type: 'Viewer',
    reach: it => `{ me { ${it} } }`,
    rows: [
      [THE_LOGGED_IN, 'player email role myVotes'],
      [['absent', 'null', 'null', 'null'], 'votesRemaining'],
    ],
  },
  {
    type: 'ViewerMyVotesConnection',
    reach: it => `{ me { myVotes { ${it} } } }`,
    rows: [[THE_LOGGED_IN, 'edges nodes pageInfo']],
  },
  {
    type: 'ViewerMyVotesConnectionEdge',
    reach: it => `{ me { myVotes { edges { ${it} } } } }`,
    rows: [[THE_LOGGED_IN, 'cursor node']],
  },
  {
    type: 'Vote',
    reach: it => `{ me { myVotes { nodes { ${it} } } } }`,
    rows: [[THE_LOGGED_IN, 'castAt video videoId']],
  },
  ...page('QueryVideosConnection', '{ videos { … } }'),
  ...page('QueryAllVideosConnection', '{ allVideos { … } }', MODERATORS),
  ...page('QueryAuditTrailConnection', '{ auditTrail { … } }', MODERATORS),
  {
    type: 'PlayerVideosConnection',
    reach: (it, { owner }) => `{ node(id: "${owner}") { ... on Player { videos { ${it} } } } }`,
    rows: [[EVERYBODY, 'edges nodes pageInfo']],
  },
  {
    type: 'PlayerVideosConnectionEdge',
    reach: (it, { owner }) => `{ node(id: "${owner}") { ... on Player { videos { edges { ${it} } } } } }`,
    rows: [[EVERYBODY, 'cursor node']],
  },
  {
    type: 'PageInfo',
    reach: it => `{ videos { pageInfo { ${it} } } }`,
    rows: [[EVERYBODY, 'hasNextPage hasPreviousPage startCursor endCursor']],
  },
  {
    type: 'RankingConnection',
    reach: it => `{ rankings { ${it} } }`,
    rows: [[EVERYBODY, 'edges nodes pageInfo totalCount']],
  },
  {
    type: 'RankingEdge',
    reach: it => `{ rankings { edges { ${it} } } }`,
    rows: [[EVERYBODY, 'cursor node']],
  },
  {
    type: 'RankingEntry',
    reach: it => `{ rankings { nodes { ${it} } } }`,
    rows: [[EVERYBODY, 'position player votes']],
  },
  {
    type: 'RankingOf',
    reach: (it, { owner }) => `{ rankingOf(playerId: "${owner}") { ${it} } }`,
    rows: [[EVERYBODY, 'entry neighbours']],
  },
  {
    type: 'RankingChange',
    reach: it => `subscription { rankingChanged { ${it} } }`,
    rows: [[EVERYBODY, 'entries at']],
  },
  { type: 'City', reach: it => `{ cities { ${it} } }`, rows: [[EVERYBODY, 'name players votes']] },
  {
    type: 'Contest',
    reach: it => `{ contest { ${it} } }`,
    rows: [
      [
        EVERYBODY,
        'clipSeconds maxSourceSeconds maxUploadBytes minSourceHeight minSourceSeconds phase winnersPerCity',
      ],
      [NOBODY, 'maxVotesPerPlayer votingOpensAt votingClosesAt'],
    ],
  },
];

/** Once the voting is over. */
export const WINNERS: Way = {
  type: 'Winner',
  reach: it => `{ results { ${it} } }`,
  rows: [[EVERYBODY, 'certifiedAt city decidedBy player position reachedAt votes']],
};

/** What a mutation tells whoever did it, and nothing else leads to: its outcomes, with the fields that each may have. */
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
