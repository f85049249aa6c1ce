/** Viewers in the order of the columns below. */
export const VIEWERS = ['anyone', 'player', 'owner', 'moderator'] as const;

/**
 * The outcome of a field for each of {@link VIEWERS}: a value (`given`), `null`, `absent` if the parent
 * object is not visible, an error code, or the result type of a mutation.
 */
export type Row = readonly [string, string, string, string];

/** The objects that documents refer to. */
export interface Subjects {
  /** Global id of the owner. */
  owner: string;
  /** Username of the owner. */
  username: string;
  /** A failed video of the owner. */
  failed: string;
  /** Another failed video of the owner, created for one document. */
  fresh: string;
  /** A published video of the owner with votes from all other viewers. */
  published: string;
}

/** The fields of a type on one path through the schema. */
export interface AccessPath {
  type: string;
  /** Returns a document that selects `it` of the type. */
  toDocument: (it: string, subjects: Subjects) => string;
  /** Rows with the fields to which they apply. */
  rows: readonly (readonly [Row, string])[];
  /** Arguments by field. */
  arguments?: Record<string, (subjects: Subjects) => string>;
}

const PUBLIC: Row = ['given', 'given', 'given', 'given'];
const ALWAYS_NULL: Row = ['null', 'null', 'null', 'null'];
const LOGGED_IN: Row = ['absent', 'given', 'given', 'given'];
const OWNER: Row = ['absent', 'absent', 'given', 'given'];
const OWNER_NULL: Row = ['absent', 'absent', 'null', 'null'];
const MODERATORS: Row = ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'given'];
/** Direct uploads are unavailable with local storage. */
const DIRECT: Row = [
  'UNAUTHENTICATED',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
];
const moderatorsOnly = (type: string): Row => ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', type];
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
  {
    type: 'Query',
    toDocument: it => `{ ${it} }`,
    arguments: {
      node: ({ failed }) => `(id: "${failed}")`,
      nodes: ({ failed }) => `(ids: ["${failed}"])`,
      video: ({ failed }) => `(id: "${failed}")`,
      player: ({ username }) => `(username: "${username}")`,
      rankingOf: ({ owner }) => `(playerId: "${owner}")`,
    },
    rows: [
      [PUBLIC, 'cities contest nodes player rankingOf rankings videos'],
      [['null', 'null', 'given', 'given'], 'node video'],
      [['null', 'given', 'given', 'given'], 'me'],
      [ALWAYS_NULL, 'results'],
      [MODERATORS, 'allVideos auditTrail queueBoardUrl'],
    ],
  },
  {
    type: 'Mutation',
    toDocument: it => `mutation { ${it} }`,
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
      [moderatorsOnly('Video'), 'hideVideo restoreVideo requeueVideo'],
      [moderatorsOnly('InvalidInput'), 'closeContest'],
    ],
  },
  {
    type: 'Subscription',
    toDocument: it => `subscription { ${it} }`,
    arguments: { videoStatus: ({ failed }) => `(videoId: "${failed}")` },
    rows: [
      [PUBLIC, 'rankingChanged'],
      [['FORBIDDEN', 'FORBIDDEN', 'given', 'given'], 'videoStatus'],
    ],
  },
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
