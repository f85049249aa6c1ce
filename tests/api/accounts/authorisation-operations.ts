import { type AccessPath, ALWAYS_NULL, DIRECT, MODERATORS, moderatorsOnly, PUBLIC } from './access-path.ts';

/** The outcome of each query, mutation and subscription. */
export const OPERATION_PATHS: readonly AccessPath[] = [
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
];
