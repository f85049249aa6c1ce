/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An action in the audit trail. */
export type AuditedAction =
  /** A player was made a moderator. */
  | 'APPOINT_MODERATOR'
  /** Voting was closed. */
  | 'CLOSE_CONTEST'
  /** The results were exported. */
  | 'EXPORT_RESULTS'
  /** A video was hidden. */
  | 'HIDE_VIDEO'
  /** A failed video was requeued. */
  | 'REQUEUE_VIDEO'
  /** A hidden video was restored. */
  | 'RESTORE_VIDEO';

/** A video for the contest, after its file was sent. */
export type CompleteUploadInput = {
  /** 1 to 120 characters. */
  title: string;
  /** Id from `createUpload`. A repeated id returns the first video. */
  uploadId: string | number;
};

/** The file of a direct upload. */
export type CreateUploadInput = {
  /** Exact size in bytes; at most `Contest.maxUploadBytes`. */
  sizeBytes: number;
  /** Type of the file; `completeUpload` checks it. */
  type: UploadType;
};

/** The criterion that ranks a winner above the next player of the city. */
export type DecidedBy =
  /** Both players reached equal votes in the same microsecond; the winner has the lower id. */
  | 'LOWER_ID'
  /** The winner has more votes. */
  | 'MORE_VOTES'
  /** The city has no next player with a vote. */
  | 'ONLY_CANDIDATE'
  /** Both players have equal votes; the winner reached them earlier. */
  | 'REACHED_FIRST';

/** The code of an expected error, for programs. Codes never change; new ones may be added. */
export type ErrorCode =
  /** Code of `AlreadyVoted`. */
  | 'ALREADY_VOTED'
  /** Code of `BadCredentials`. */
  | 'BAD_CREDENTIALS'
  /** Code of `DirectUploadUnavailable`. */
  | 'DIRECT_UPLOAD_UNAVAILABLE'
  /** Code of `EmailTaken`. */
  | 'EMAIL_TAKEN'
  /** Code of `FileTooLarge`. */
  | 'FILE_TOO_LARGE'
  /** Code of `IdempotencyKeyReused`. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Code of `InvalidInput`. */
  | 'INVALID_INPUT'
  /** Code of `NotVoted`. */
  | 'NOT_VOTED'
  /** Code of `OwnVideo`. */
  | 'OWN_VIDEO'
  /** Code of `SessionExpired`. */
  | 'SESSION_EXPIRED'
  /** Code of `TooManyAttempts`. */
  | 'TOO_MANY_ATTEMPTS'
  /** Code of `UnsupportedFile`. */
  | 'UNSUPPORTED_FILE'
  /** Code of `UploadNotFound`. */
  | 'UPLOAD_NOT_FOUND'
  /** Code of `VideoIsPublished`. */
  | 'VIDEO_IS_PUBLISHED'
  /** Code of `VideoNotFailed`. */
  | 'VIDEO_NOT_FAILED'
  /** Code of `VideoNotFound`. */
  | 'VIDEO_NOT_FOUND'
  /** Code of `VideoNotPublished`. */
  | 'VIDEO_NOT_PUBLISHED'
  /** Code of `VoteLimitReached`. */
  | 'VOTE_LIMIT_REACHED'
  /** Code of `VotingClosed`. */
  | 'VOTING_CLOSED';

/** Why a video failed. Every reason except INTERNAL is a fault of the file. */
export type FailureReason =
  /** The file is damaged or truncated. */
  | 'CORRUPT'
  /** The server failed. A moderator can requeue the video. */
  | 'INTERNAL'
  /** The file has no video stream. */
  | 'NOT_A_VIDEO'
  /** The shorter side has fewer pixels than `Contest.minSourceHeight`. */
  | 'RESOLUTION_TOO_LOW'
  /** The video takes too long to process. */
  | 'TIMED_OUT'
  /** The video is longer than `Contest.maxSourceSeconds`. */
  | 'TOO_LONG'
  /** The video is shorter than `Contest.minSourceSeconds`. */
  | 'TOO_SHORT'
  /** The contest does not support the codec of the file. */
  | 'UNSUPPORTED_FORMAT';

/** The credentials of a player. */
export type LogInInput = {
  /** E-mail, in any case. */
  email: string;
  /** The password. */
  password: string;
};

/** A phase of the processing of a video. */
export type ProcessingPhase =
  /** A worker checks the file against the rules. */
  | 'INSPECTING'
  /** A worker stores the clip. */
  | 'PUBLISHING'
  /** The video waits for a worker. */
  | 'QUEUED'
  /** A worker renders the clip. */
  | 'RENDERING';

/** The role of a player. */
export type Role =
  /** Also sees and moderates all videos. */
  | 'MODERATOR'
  /** Uploads videos, votes and is ranked. */
  | 'PLAYER';

/** The profile and credentials of a new player. */
export type SignUpInput = {
  /** City that the player represents; 1 to 80 characters. */
  city: string;
  /** 1 to 60 characters. */
  country: string;
  /** At most 254 characters; unique, ignoring case. */
  email: string;
  /** 1 to 60 characters. */
  firstName: string;
  /** 1 to 60 characters. */
  lastName: string;
  /** 8 to 128 characters; neither the e-mail nor one of the most common passwords. */
  password: string;
  /** The same password again. */
  passwordConfirmation: string;
};

/** The changes of a profile. Absent and null fields stay unchanged. */
export type UpdateProfileInput = {
  /** 1 to 80 characters. */
  city?: string | null | undefined;
  /** 1 to 60 characters. */
  country?: string | null | undefined;
  /** 1 to 60 characters. */
  firstName?: string | null | undefined;
  /** 1 to 60 characters. */
  lastName?: string | null | undefined;
};

/** A type of file that the contest accepts. */
export type UploadType =
  /** MP4, the format of most phones. */
  | 'MP4'
  /** QuickTime (MOV), the format of iPhones. */
  | 'QUICKTIME';

/** A video for the contest. */
export type UploadVideoInput = {
  /** MP4 or QuickTime file, sent as in the GraphQL multipart request specification. */
  file: File | null;
  /** Key of this upload, at most 200 characters. An upload with the same key returns the first video. */
  idempotencyKey?: string | null | undefined;
  /** 1 to 120 characters. */
  title: string;
};

/** The order of videos. */
export type VideoOrder =
  /** Most votes first; videos with equal votes by newest upload. */
  | 'MOST_VOTED'
  /** Newest upload first. */
  | 'NEWEST';

/** The status of a video: UPLOADED, then PROCESSING, then PROCESSED or FAILED. */
export type VideoStatus =
  /** The video has no clip; `failure` has the reason. */
  | 'FAILED'
  /** The clip is finished. The video is published unless a moderator hides it. */
  | 'PROCESSED'
  /** A worker makes the clip. */
  | 'PROCESSING'
  /** The file is durably stored and waits for a worker. */
  | 'UPLOADED';

/** A phase of the voting. */
export type VotingPhase =
  /** Voting is closed permanently. */
  | 'CLOSED'
  /** Voting has not opened. */
  | 'NOT_YET_OPEN'
  /** Voting is open. */
  | 'OPEN';

export type ChaosRankingPageQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ChaosRankingPageQuery = { rankings: { nodes: Array<{ position: number, votes: number, player: { username: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FollowVideoSubscriptionVariables = Exact<{
  videoId: string | number;
}>;


export type FollowVideoSubscription = { videoStatus: { sequence: number, status: VideoStatus, phase: ProcessingPhase | null, percent: number, queuePosition: number | null, etaSeconds: number | null, failure: { reason: FailureReason, message: string } | null, video: { title: string, processedUrl: string | null, posterUrl: string | null } } };

export type GalleryQueryVariables = Exact<{ [key: string]: never; }>;


export type GalleryQuery = { videos: { nodes: Array<{ id: string, title: string, votes: number, durationSeconds: number | null, processedUrl: string | null, posterUrl: string | null, player: { username: string, city: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LogInMutationVariables = Exact<{
  input: LogInInput;
}>;


export type LogInMutation = { logIn:
    | { __typename: 'BadCredentials', code: ErrorCode, message: string }
    | { __typename: 'Session', accessToken: string, expiresIn: number, refreshToken: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
   };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { email: string, role: Role, player: { id: string, username: string, city: string, videos: { nodes: Array<{ id: string, title: string, status: VideoStatus, votes: number }> } } } | null };

export type SignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type SignUpMutation = { signUp:
    | { __typename: 'EmailTaken', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Session', accessToken: string, expiresIn: number, refreshToken: string, viewer: { email: string, player: { id: string, username: string, city: string } } }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
   };

export type UploadMutationVariables = Exact<{
  title: string;
  file: File | null;
}>;


export type UploadMutation = { uploadVideo:
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string }
    | { __typename: 'IdempotencyKeyReused', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'UnsupportedFile', code: ErrorCode, message: string }
    | { __typename: 'Video', id: string, status: VideoStatus }
   };

export type SeedLogInMutationVariables = Exact<{
  input: LogInInput;
}>;


export type SeedLogInMutation = { logIn:
    | { __typename: 'BadCredentials', code: ErrorCode, message: string }
    | { __typename: 'Session', accessToken: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
   };

export type SeedOwnVideosQueryVariables = Exact<{ [key: string]: never; }>;


export type SeedOwnVideosQuery = { me: { player: { videos: { nodes: Array<{ id: string, title: string, status: VideoStatus }> } } } | null };

export type SeedVoteMutationVariables = Exact<{
  videoId: string | number;
}>;


export type SeedVoteMutation = { castVote:
    | { __typename: 'AlreadyVoted', code: ErrorCode, message: string }
    | { __typename: 'OwnVideo', code: ErrorCode, message: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
    | { __typename: 'Video' }
    | { __typename: 'VideoNotPublished', code: ErrorCode, message: string }
    | { __typename: 'VoteLimitReached', code: ErrorCode, message: string }
    | { __typename: 'VotingClosed', code: ErrorCode, message: string }
   };

export type AccountMeQueryVariables = Exact<{ [key: string]: never; }>;


export type AccountMeQuery = { me: { email: string, player: { username: string } } | null };

export type AccountUpdateMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;


export type AccountUpdateMutation = { updateProfile:
    | { __typename: 'InvalidInput', code: ErrorCode, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Player', username: string, firstName: string, lastName: string, city: string, country: string }
   };

export type AccountSessionFragment = { __typename: 'Session', accessToken: string, tokenType: string, expiresIn: number, refreshToken: string, viewer: { email: string, role: Role, player: { username: string, firstName: string, lastName: string, city: string, country: string } } };

export type AccountSignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type AccountSignUpMutation = { signUp:
    | { __typename: 'EmailTaken', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Session', accessToken: string, tokenType: string, expiresIn: number, refreshToken: string, viewer: { email: string, role: Role, player: { username: string, firstName: string, lastName: string, city: string, country: string } } }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
   };

export type AccountLogInMutationVariables = Exact<{
  input: LogInInput;
}>;


export type AccountLogInMutation = { logIn:
    | { __typename: 'BadCredentials', code: ErrorCode, message: string }
    | { __typename: 'Session', accessToken: string, tokenType: string, expiresIn: number, refreshToken: string, viewer: { email: string, role: Role, player: { username: string, firstName: string, lastName: string, city: string, country: string } } }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string, retryAfterSeconds: number }
   };

export type AccountRefreshMutationVariables = Exact<{
  refreshToken: string;
}>;


export type AccountRefreshMutation = { refreshSession:
    | { __typename: 'Session', accessToken: string, tokenType: string, expiresIn: number, refreshToken: string, viewer: { email: string, role: Role, player: { username: string, firstName: string, lastName: string, city: string, country: string } } }
    | { __typename: 'SessionExpired', code: ErrorCode, message: string }
   };

export type AccountLogOutMutationVariables = Exact<{
  refreshToken: string;
}>;


export type AccountLogOutMutation = { logOut: { __typename: 'LoggedOut', wasOpen: boolean } };

export type PlayerProfileQueryVariables = Exact<{
  username: string;
}>;


export type PlayerProfileQuery = { player: { id: string, username: string, city: string } | null };

export type OwnViewFragment = { viewer: { player: { videos: { nodes: Array<{ status: VideoStatus, originalUrl: string | null }> } }, myVotes: { nodes: Array<{ video: { viewerHasVoted: boolean } | null }> } } };

export type ViewAfterLogInMutationVariables = Exact<{
  input: LogInInput;
}>;


export type ViewAfterLogInMutation = { logIn:
    | { viewer: { player: { videos: { nodes: Array<{ status: VideoStatus, originalUrl: string | null }> } }, myVotes: { nodes: Array<{ video: { viewerHasVoted: boolean } | null }> } } }
    | Record<PropertyKey, never>
   };

export type ViewAfterRefreshMutationVariables = Exact<{
  refreshToken: string;
}>;


export type ViewAfterRefreshMutation = { refreshSession:
    | { viewer: { player: { videos: { nodes: Array<{ status: VideoStatus, originalUrl: string | null }> } }, myVotes: { nodes: Array<{ video: { viewerHasVoted: boolean } | null }> } } }
    | Record<PropertyKey, never>
   };

export type TrailAroundLogInMutationVariables = Exact<{
  videoId: string | number;
  input: LogInInput;
}>;


export type TrailAroundLogInMutation = { before:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Video' }
    | { __typename: 'VideoNotFound' }
  , logIn:
    | { viewer: { player: { videos: { nodes: Array<{ auditTrail: Array<{ action: AuditedAction }> }> } } } }
    | Record<PropertyKey, never>
   };

export type VoteAfterLogInMutationVariables = Exact<{
  videoId: string | number;
  input: LogInInput;
}>;


export type VoteAfterLogInMutation = { logIn:
    | { __typename: 'BadCredentials' }
    | { __typename: 'Session' }
    | { __typename: 'TooManyAttempts' }
  , castVote:
    | { __typename: 'AlreadyVoted' }
    | { __typename: 'OwnVideo' }
    | { __typename: 'TooManyAttempts' }
    | { __typename: 'Video', viewerHasVoted: boolean }
    | { __typename: 'VideoNotPublished' }
    | { __typename: 'VoteLimitReached' }
    | { __typename: 'VotingClosed' }
   };

export type SessionMeQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionMeQuery = { me: { email: string } | null };

export type LimitedSignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type LimitedSignUpMutation = { signUp:
    | { __typename: 'EmailTaken', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string }
    | { __typename: 'Session' }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string, retryAfterSeconds: number }
   };

export type VisibilitySeenQueryVariables = Exact<{
  id: string | number;
  owner: string | number;
}>;


export type VisibilitySeenQuery = { video: { id: string, originalUrl: string | null, processedUrl: string | null, posterUrl: string | null, failure: { reason: FailureReason } | null } | null, node:
    | { id: string }
    | { id: string }
   | null, nodes: Array<
    | { id: string }
    | { id: string }
   | null>, videos: { nodes: Array<{ id: string }> }, owner:
    | { videos: { nodes: Array<{ id: string }> } }
    | Record<PropertyKey, never>
   | null };

export type CityPlacesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type CityPlacesQuery = { nodes: Array<
    | { city: string, ranking: { position: number } | null, cityRanking: { position: number, votes: number, player: { id: string } } | null }
    | Record<PropertyKey, never>
   | null> };

export type CrowdHideMutationVariables = Exact<{
  videoId: string | number;
}>;


export type CrowdHideMutation = { hideVideo:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Video' }
    | { __typename: 'VideoNotFound' }
   };

export type CrowdRestoreMutationVariables = Exact<{
  videoId: string | number;
}>;


export type CrowdRestoreMutation = { restoreVideo:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Video' }
    | { __typename: 'VideoNotFound' }
   };

export type CloseTheContestMutationVariables = Exact<{
  reason: string;
}>;


export type CloseTheContestMutation = { closeContest:
    | { __typename: 'Contest', phase: VotingPhase, votingClosesAt: string | null }
    | { __typename: 'InvalidInput', code: ErrorCode, problems: Array<{ path: Array<string> }> }
   };

export type CertifiedResultsQueryVariables = Exact<{ [key: string]: never; }>;


export type CertifiedResultsQuery = { contest: { phase: VotingPhase, votingOpensAt: string | null, votingClosesAt: string | null, winnersPerCity: number }, results: Array<{ city: string, position: number, votes: number, decidedBy: DecidedBy, reachedAt: string, certifiedAt: string, player: { id: string } }> | null };

export type VotingPhaseQueryVariables = Exact<{ [key: string]: never; }>;


export type VotingPhaseQuery = { contest: { phase: VotingPhase } };

export type RenameWinnerMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;


export type RenameWinnerMutation = { updateProfile:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Player' }
   };

export type HideWinnerMutationVariables = Exact<{
  videoId: string | number;
}>;


export type HideWinnerMutation = { hideVideo:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Video' }
    | { __typename: 'VideoNotFound' }
   };

export type ModerationVideosQueryVariables = Exact<{
  status?: VideoStatus | null | undefined;
  failureReason?: FailureReason | null | undefined;
  hidden?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ModerationVideosQuery = { allVideos: { nodes: Array<{ id: string }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } };

export type ModerationWholeTrailQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
}>;


export type ModerationWholeTrailQuery = { auditTrail: { nodes: Array<{ action: AuditedAction, subjectId: string | null, reason: string | null, actor: { id: string } | null }>, pageInfo: { endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } };

export type ModerateHideMutationVariables = Exact<{
  videoId: string | number;
  reason: string;
}>;


export type ModerateHideMutation = { hideVideo:
    | { __typename: 'InvalidInput', code: ErrorCode, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Video', id: string, hidden: boolean, processedUrl: string | null }
    | { __typename: 'VideoNotFound', code: ErrorCode }
   };

export type ModerateRestoreMutationVariables = Exact<{
  videoId: string | number;
  reason: string;
}>;


export type ModerateRestoreMutation = { restoreVideo:
    | { __typename: 'InvalidInput', code: ErrorCode, problems: Array<{ path: Array<string> }> }
    | { __typename: 'Video', id: string, hidden: boolean, votes: number }
    | { __typename: 'VideoNotFound', code: ErrorCode }
   };

export type ModerateRequeueMutationVariables = Exact<{
  videoId: string | number;
  reason: string;
}>;


export type ModerateRequeueMutation = { requeueVideo:
    | { __typename: 'InvalidInput', code: ErrorCode, problems: Array<{ path: Array<string> }> }
    | { __typename: 'Video', id: string, status: VideoStatus, failure: { reason: FailureReason } | null }
    | { __typename: 'VideoNotFailed', code: ErrorCode }
    | { __typename: 'VideoNotFound', code: ErrorCode }
   };

export type ModerationReasonsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModerationReasonsQuery = { me: { player: { videos: { nodes: Array<{ hiddenReason: string | null }> } } } | null };

export type ModerationTrailQueryVariables = Exact<{
  id: string | number;
}>;


export type ModerationTrailQuery = { video: { auditTrail: Array<{ at: string, action: AuditedAction, reason: string | null, actor: { id: string } | null }> } | null };

export type QueueBoardQueryVariables = Exact<{ [key: string]: never; }>;


export type QueueBoardQuery = { queueBoardUrl: string };

export type MoveToCityMutationVariables = Exact<{
  city: string;
}>;


export type MoveToCityMutation = { updateProfile:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Player' }
   };

export type PlaceOfQueryVariables = Exact<{
  playerId: string | number;
  around?: number | null | undefined;
}>;


export type PlaceOfQuery = { rankingOf: { entry: { position: number, votes: number, player: { id: string } }, neighbours: Array<{ position: number, player: { id: string } }> } | null };

export type RankedCitiesQueryVariables = Exact<{ [key: string]: never; }>;


export type RankedCitiesQuery = { cities: Array<{ name: string, players: number, votes: number }> };

export type PlayersRankingQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type PlayersRankingQuery = { nodes: Array<
    | { ranking: { position: number, votes: number } | null }
    | Record<PropertyKey, never>
   | null> };

export type RequeueVideoMutationVariables = Exact<{
  videoId: string | number;
  reason: string;
}>;


export type RequeueVideoMutation = { requeueVideo:
    | { __typename: 'InvalidInput', code: ErrorCode }
    | { __typename: 'Video', id: string, status: VideoStatus, failure: { reason: FailureReason } | null }
    | { __typename: 'VideoNotFailed', code: ErrorCode }
    | { __typename: 'VideoNotFound', code: ErrorCode }
   };

export type RequeueTrailQueryVariables = Exact<{
  id: string | number;
}>;


export type RequeueTrailQuery = { video: { auditTrail: Array<{ action: AuditedAction, reason: string | null }> } | null };

export type MyVotesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type MyVotesQuery = { me: { votesRemaining: number | null, myVotes: { nodes: Array<{ castAt: string, videoId: string, video: { id: string } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ViewerHasVotedQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type ViewerHasVotedQuery = { nodes: Array<
    | { id: string, viewerHasVoted: boolean }
    | Record<PropertyKey, never>
   | null> };

export type VotesRemainingQueryVariables = Exact<{ [key: string]: never; }>;


export type VotesRemainingQuery = { me: { votesRemaining: number | null } | null, contest: { phase: VotingPhase, maxVotesPerPlayer: number | null } };

export type VotesLiveSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type VotesLiveSubscription = { rankingChanged: { entries: Array<{ votes: number }> } };

export type DeleteOwnVideoMutationVariables = Exact<{
  videoId: string | number;
}>;


export type DeleteOwnVideoMutation = { deleteVideo:
    | { __typename: 'DeletedVideo', videoId: string }
    | { __typename: 'VideoIsPublished', code: ErrorCode, message: string }
    | { __typename: 'VideoNotFound', code: ErrorCode, message: string }
   };

export type PagingGalleryQueryVariables = Exact<{
  orderBy?: VideoOrder | null | undefined;
  city?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PagingGalleryQuery = { videos: { nodes: Array<{ id: string, title: string, votes: number }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } };

export type PagingPlayerQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PagingPlayerQuery = { node:
    | { videos: { nodes: Array<{ id: string, uploadedAt: string, processedAt: string | null, durationSeconds: number | null }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } }
    | Record<PropertyKey, never>
   | null };

export type PagingWallQueryVariables = Exact<{
  first: number;
}>;


export type PagingWallQuery = { videos: { nodes: Array<{ id: string, player: { username: string, videos: { nodes: Array<{ id: string, player: { city: string } }> } } }> } };

export type SharedTopSubscriptionVariables = Exact<{
  city?: string | null | undefined;
  top?: number | null | undefined;
}>;


export type SharedTopSubscription = { rankingChanged: { at: string, entries: Array<{ position: number, votes: number, player: { id: string, username: string, firstName: string } }> } };

export type OwnSightSubscriptionVariables = Exact<{
  city?: string | null | undefined;
}>;


export type OwnSightSubscription = { rankingChanged: { entries: Array<{ player: { username: string, videos: { nodes: Array<{ title: string, viewerHasVoted: boolean, originalUrl: string | null }> } } }> } };

export type RenameFirstMutationVariables = Exact<{
  firstName: string;
}>;


export type RenameFirstMutation = { updateProfile:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Player' }
   };

export type VideoUploadMutationVariables = Exact<{
  input: UploadVideoInput;
}>;


export type VideoUploadMutation = { uploadVideo:
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string, limitBytes: number }
    | { __typename: 'IdempotencyKeyReused' }
    | { __typename: 'InvalidInput' }
    | { __typename: 'UnsupportedFile' }
    | { __typename: 'Video', id: string, title: string, status: VideoStatus }
   };

export type DeleteWhileBackingUpMutationVariables = Exact<{
  videoId: string | number;
}>;


export type DeleteWhileBackingUpMutation = { deleteVideo:
    | { __typename: 'DeletedVideo' }
    | { __typename: 'VideoIsPublished' }
    | { __typename: 'VideoNotFound' }
   };

export type ClientSignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type ClientSignUpMutation = { signUp:
    | { __typename: 'EmailTaken', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string }
    | { __typename: 'Session', accessToken: string, viewer: { player: { id: string, username: string } } }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
   };

export type ClientUploadMutationVariables = Exact<{
  input: UploadVideoInput;
}>;


export type ClientUploadMutation = { uploadVideo:
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string }
    | { __typename: 'IdempotencyKeyReused', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string }
    | { __typename: 'UnsupportedFile', code: ErrorCode, message: string }
    | { __typename: 'Video', id: string, status: VideoStatus }
   };

export type ClientFollowSubscriptionVariables = Exact<{
  videoId: string | number;
}>;


export type ClientFollowSubscription = { videoStatus: { sequence: number, status: VideoStatus, phase: ProcessingPhase | null, percent: number, failure: { message: string } | null } };

export type ClientVoteMutationVariables = Exact<{
  videoId: string | number;
}>;


export type ClientVoteMutation = { castVote:
    | { __typename: 'AlreadyVoted', code: ErrorCode, message: string }
    | { __typename: 'OwnVideo', code: ErrorCode, message: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string }
    | { __typename: 'Video', id: string, votes: number, viewerHasVoted: boolean }
    | { __typename: 'VideoNotPublished', code: ErrorCode, message: string }
    | { __typename: 'VoteLimitReached', code: ErrorCode, message: string }
    | { __typename: 'VotingClosed', code: ErrorCode, message: string }
   };

export type ClientRankingQueryVariables = Exact<{
  city: string;
}>;


export type ClientRankingQuery = { rankings: { totalCount: number, nodes: Array<{ position: number, votes: number, player: { username: string } }> } };

export type UploadVideoMutationVariables = Exact<{
  input: UploadVideoInput;
}>;


export type UploadVideoMutation = { uploadVideo:
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string, limitBytes: number }
    | { __typename: 'IdempotencyKeyReused', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, problems: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'UnsupportedFile', code: ErrorCode, message: string }
    | { __typename: 'Video', id: string, title: string, status: VideoStatus }
   };

export type VideoStatusSubscriptionVariables = Exact<{
  videoId: string | number;
}>;


export type VideoStatusSubscription = { videoStatus: { sequence: number, status: VideoStatus, phase: ProcessingPhase | null, percent: number, queuePosition: number | null, etaSeconds: number | null, attempt: number, maxAttempts: number, failure: { reason: FailureReason, message: string } | null, video: { id: string, status: VideoStatus, processedUrl: string | null, posterUrl: string | null, durationSeconds: number | null } } };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload:
    | { __typename: 'DirectUpload', uploadId: string, url: string, expiresAt: string, headers: Array<{ name: string, value: string }> }
    | { __typename: 'DirectUploadUnavailable', code: ErrorCode, message: string }
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string, limitBytes: number }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, problems: Array<{ path: Array<string>, message: string }> }
   };

export type CompleteUploadMutationVariables = Exact<{
  input: CompleteUploadInput;
}>;


export type CompleteUploadMutation = { completeUpload:
    | { __typename: 'DirectUploadUnavailable', code: ErrorCode, message: string }
    | { __typename: 'FileTooLarge', code: ErrorCode, message: string, limitBytes: number }
    | { __typename: 'IdempotencyKeyReused', code: ErrorCode, message: string }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string }
    | { __typename: 'UnsupportedFile', code: ErrorCode, message: string }
    | { __typename: 'UploadNotFound', code: ErrorCode, message: string }
    | { __typename: 'Video', id: string, title: string, status: VideoStatus }
   };

export type RankingPageQueryVariables = Exact<{
  city?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type RankingPageQuery = { rankings: { totalCount: number, edges: Array<{ cursor: string, node: { position: number, votes: number, player: { id: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type RankingTopSubscriptionVariables = Exact<{
  city?: string | null | undefined;
  top?: number | null | undefined;
}>;


export type RankingTopSubscription = { rankingChanged: { at: string, entries: Array<{ position: number, votes: number, player: { username: string, city: string } }> } };

export type CastVoteMutationVariables = Exact<{
  videoId: string | number;
}>;


export type CastVoteMutation = { castVote:
    | { __typename: 'AlreadyVoted', code: ErrorCode, message: string }
    | { __typename: 'OwnVideo', code: ErrorCode, message: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string, retryAfterSeconds: number }
    | { __typename: 'Video', id: string, votes: number, viewerHasVoted: boolean }
    | { __typename: 'VideoNotPublished', code: ErrorCode, message: string }
    | { __typename: 'VoteLimitReached', code: ErrorCode, message: string, limit: number }
    | { __typename: 'VotingClosed', code: ErrorCode, message: string }
   };

export type WithdrawVoteMutationVariables = Exact<{
  videoId: string | number;
}>;


export type WithdrawVoteMutation = { withdrawVote:
    | { __typename: 'NotVoted', code: ErrorCode, message: string }
    | { __typename: 'TooManyAttempts', code: ErrorCode, message: string, retryAfterSeconds: number }
    | { __typename: 'Video', id: string, votes: number, viewerHasVoted: boolean }
    | { __typename: 'VoteWithdrawn', videoId: string }
    | { __typename: 'VotingClosed', code: ErrorCode, message: string }
   };

export type EndedRenameMutationVariables = Exact<{ [key: string]: never; }>;


export type EndedRenameMutation = { updateProfile:
    | { __typename: 'InvalidInput' }
    | { __typename: 'Player' }
   };

export type EndedSightSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type EndedSightSubscription = { rankingChanged: { entries: Array<{ player: { videos: { nodes: Array<{ title: string }> } } }> } };

export type EndedStatusSubscriptionVariables = Exact<{
  videoId: string | number;
}>;


export type EndedStatusSubscription = { videoStatus: { status: VideoStatus } };

export type ProcessingFailureQueryVariables = Exact<{
  id: string | number;
}>;


export type ProcessingFailureQuery = { video: { failure: { reason: FailureReason, message: string } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AccountSessionFragmentDoc = new TypedDocumentString(`
    fragment AccountSession on Session {
  __typename
  accessToken
  tokenType
  expiresIn
  refreshToken
  viewer {
    email
    role
    player {
      username
      firstName
      lastName
      city
      country
    }
  }
}
    `, {"fragmentName":"AccountSession"}) as unknown as TypedDocumentString<AccountSessionFragment, unknown>;
export const OwnViewFragmentDoc = new TypedDocumentString(`
    fragment OwnView on Session {
  viewer {
    player {
      videos {
        nodes {
          status
          originalUrl
        }
      }
    }
    myVotes {
      nodes {
        video {
          viewerHasVoted
        }
      }
    }
  }
}
    `, {"fragmentName":"OwnView"}) as unknown as TypedDocumentString<OwnViewFragment, unknown>;
export const ChaosRankingPageDocument = new TypedDocumentString(`
    query ChaosRankingPage($after: String) {
  rankings(first: 50, after: $after) {
    nodes {
      position
      votes
      player {
        username
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ChaosRankingPageQuery, ChaosRankingPageQueryVariables>;
export const FollowVideoDocument = new TypedDocumentString(`
    subscription FollowVideo($videoId: ID!) {
  videoStatus(videoId: $videoId) {
    sequence
    status
    phase
    percent
    queuePosition
    etaSeconds
    failure {
      reason
      message
    }
    video {
      title
      processedUrl
      posterUrl
    }
  }
}
    `) as unknown as TypedDocumentString<FollowVideoSubscription, FollowVideoSubscriptionVariables>;
export const GalleryDocument = new TypedDocumentString(`
    query Gallery {
  videos(first: 10, orderBy: MOST_VOTED) {
    nodes {
      id
      title
      votes
      durationSeconds
      processedUrl
      posterUrl
      player {
        username
        city
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<GalleryQuery, GalleryQueryVariables>;
export const LogInDocument = new TypedDocumentString(`
    mutation LogIn($input: LogInInput!) {
  logIn(input: $input) {
    __typename
    ... on Session {
      accessToken
      expiresIn
      refreshToken
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<LogInMutation, LogInMutationVariables>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  me {
    email
    role
    player {
      id
      username
      city
      videos(first: 10) {
        nodes {
          id
          title
          status
          votes
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const SignUpDocument = new TypedDocumentString(`
    mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename
    ... on Session {
      accessToken
      expiresIn
      refreshToken
      viewer {
        email
        player {
          id
          username
          city
        }
      }
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignUpMutation, SignUpMutationVariables>;
export const UploadDocument = new TypedDocumentString(`
    mutation Upload($title: String!, $file: Upload!) {
  uploadVideo(input: {title: $title, file: $file}) {
    __typename
    ... on Video {
      id
      status
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<UploadMutation, UploadMutationVariables>;
export const SeedLogInDocument = new TypedDocumentString(`
    mutation SeedLogIn($input: LogInInput!) {
  logIn(input: $input) {
    __typename
    ... on Session {
      accessToken
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SeedLogInMutation, SeedLogInMutationVariables>;
export const SeedOwnVideosDocument = new TypedDocumentString(`
    query SeedOwnVideos {
  me {
    player {
      videos(first: 10) {
        nodes {
          id
          title
          status
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SeedOwnVideosQuery, SeedOwnVideosQueryVariables>;
export const SeedVoteDocument = new TypedDocumentString(`
    mutation SeedVote($videoId: ID!) {
  castVote(videoId: $videoId) {
    __typename
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SeedVoteMutation, SeedVoteMutationVariables>;
export const AccountMeDocument = new TypedDocumentString(`
    query AccountMe {
  me {
    email
    player {
      username
    }
  }
}
    `) as unknown as TypedDocumentString<AccountMeQuery, AccountMeQueryVariables>;
export const AccountUpdateDocument = new TypedDocumentString(`
    mutation AccountUpdate($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    __typename
    ... on Player {
      username
      firstName
      lastName
      city
      country
    }
    ... on InvalidInput {
      code
      problems {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AccountUpdateMutation, AccountUpdateMutationVariables>;
export const AccountSignUpDocument = new TypedDocumentString(`
    mutation AccountSignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename
    ...AccountSession
    ... on Error {
      code
      message
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
  }
}
    fragment AccountSession on Session {
  __typename
  accessToken
  tokenType
  expiresIn
  refreshToken
  viewer {
    email
    role
    player {
      username
      firstName
      lastName
      city
      country
    }
  }
}`) as unknown as TypedDocumentString<AccountSignUpMutation, AccountSignUpMutationVariables>;
export const AccountLogInDocument = new TypedDocumentString(`
    mutation AccountLogIn($input: LogInInput!) {
  logIn(input: $input) {
    __typename
    ...AccountSession
    ... on Error {
      code
      message
    }
    ... on TooManyAttempts {
      retryAfterSeconds
    }
  }
}
    fragment AccountSession on Session {
  __typename
  accessToken
  tokenType
  expiresIn
  refreshToken
  viewer {
    email
    role
    player {
      username
      firstName
      lastName
      city
      country
    }
  }
}`) as unknown as TypedDocumentString<AccountLogInMutation, AccountLogInMutationVariables>;
export const AccountRefreshDocument = new TypedDocumentString(`
    mutation AccountRefresh($refreshToken: String!) {
  refreshSession(refreshToken: $refreshToken) {
    __typename
    ...AccountSession
    ... on Error {
      code
      message
    }
  }
}
    fragment AccountSession on Session {
  __typename
  accessToken
  tokenType
  expiresIn
  refreshToken
  viewer {
    email
    role
    player {
      username
      firstName
      lastName
      city
      country
    }
  }
}`) as unknown as TypedDocumentString<AccountRefreshMutation, AccountRefreshMutationVariables>;
export const AccountLogOutDocument = new TypedDocumentString(`
    mutation AccountLogOut($refreshToken: String!) {
  logOut(refreshToken: $refreshToken) {
    __typename
    ... on LoggedOut {
      wasOpen
    }
  }
}
    `) as unknown as TypedDocumentString<AccountLogOutMutation, AccountLogOutMutationVariables>;
export const PlayerProfileDocument = new TypedDocumentString(`
    query PlayerProfile($username: String!) {
  player(username: $username) {
    id
    username
    city
  }
}
    `) as unknown as TypedDocumentString<PlayerProfileQuery, PlayerProfileQueryVariables>;
export const ViewAfterLogInDocument = new TypedDocumentString(`
    mutation ViewAfterLogIn($input: LogInInput!) {
  logIn(input: $input) {
    ...OwnView
  }
}
    fragment OwnView on Session {
  viewer {
    player {
      videos {
        nodes {
          status
          originalUrl
        }
      }
    }
    myVotes {
      nodes {
        video {
          viewerHasVoted
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ViewAfterLogInMutation, ViewAfterLogInMutationVariables>;
export const ViewAfterRefreshDocument = new TypedDocumentString(`
    mutation ViewAfterRefresh($refreshToken: String!) {
  refreshSession(refreshToken: $refreshToken) {
    ...OwnView
  }
}
    fragment OwnView on Session {
  viewer {
    player {
      videos {
        nodes {
          status
          originalUrl
        }
      }
    }
    myVotes {
      nodes {
        video {
          viewerHasVoted
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ViewAfterRefreshMutation, ViewAfterRefreshMutationVariables>;
export const TrailAroundLogInDocument = new TypedDocumentString(`
    mutation TrailAroundLogIn($videoId: ID!, $input: LogInInput!) {
  before: hideVideo(videoId: $videoId, reason: "As a moderator") {
    __typename
  }
  logIn(input: $input) {
    ... on Session {
      viewer {
        player {
          videos {
            nodes {
              auditTrail {
                action
              }
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TrailAroundLogInMutation, TrailAroundLogInMutationVariables>;
export const VoteAfterLogInDocument = new TypedDocumentString(`
    mutation VoteAfterLogIn($videoId: ID!, $input: LogInInput!) {
  logIn(input: $input) {
    __typename
  }
  castVote(videoId: $videoId) {
    __typename
    ... on Video {
      viewerHasVoted
    }
  }
}
    `) as unknown as TypedDocumentString<VoteAfterLogInMutation, VoteAfterLogInMutationVariables>;
export const SessionMeDocument = new TypedDocumentString(`
    query SessionMe {
  me {
    email
  }
}
    `) as unknown as TypedDocumentString<SessionMeQuery, SessionMeQueryVariables>;
export const LimitedSignUpDocument = new TypedDocumentString(`
    mutation LimitedSignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename
    ... on Error {
      code
      message
    }
    ... on TooManyAttempts {
      retryAfterSeconds
    }
  }
}
    `) as unknown as TypedDocumentString<LimitedSignUpMutation, LimitedSignUpMutationVariables>;
export const VisibilitySeenDocument = new TypedDocumentString(`
    query VisibilitySeen($id: ID!, $owner: ID!) {
  video(id: $id) {
    id
    originalUrl
    processedUrl
    posterUrl
    failure {
      reason
    }
  }
  node(id: $id) {
    id
  }
  nodes(ids: [$id]) {
    id
  }
  videos(first: 100) {
    nodes {
      id
    }
  }
  owner: node(id: $owner) {
    ... on Player {
      videos(first: 100) {
        nodes {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<VisibilitySeenQuery, VisibilitySeenQueryVariables>;
export const CityPlacesDocument = new TypedDocumentString(`
    query CityPlaces($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Player {
      city
      ranking {
        position
      }
      cityRanking {
        position
        votes
        player {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CityPlacesQuery, CityPlacesQueryVariables>;
export const CrowdHideDocument = new TypedDocumentString(`
    mutation CrowdHide($videoId: ID!) {
  hideVideo(videoId: $videoId, reason: "A closer look") {
    __typename
  }
}
    `) as unknown as TypedDocumentString<CrowdHideMutation, CrowdHideMutationVariables>;
export const CrowdRestoreDocument = new TypedDocumentString(`
    mutation CrowdRestore($videoId: ID!) {
  restoreVideo(videoId: $videoId, reason: "It is fine") {
    __typename
  }
}
    `) as unknown as TypedDocumentString<CrowdRestoreMutation, CrowdRestoreMutationVariables>;
export const CloseTheContestDocument = new TypedDocumentString(`
    mutation CloseTheContest($reason: String!) {
  closeContest(reason: $reason) {
    __typename
    ... on Contest {
      phase
      votingClosesAt
    }
    ... on InvalidInput {
      code
      problems {
        path
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CloseTheContestMutation, CloseTheContestMutationVariables>;
export const CertifiedResultsDocument = new TypedDocumentString(`
    query CertifiedResults {
  contest {
    phase
    votingOpensAt
    votingClosesAt
    winnersPerCity
  }
  results {
    city
    position
    votes
    decidedBy
    reachedAt
    certifiedAt
    player {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CertifiedResultsQuery, CertifiedResultsQueryVariables>;
export const VotingPhaseDocument = new TypedDocumentString(`
    query VotingPhase {
  contest {
    phase
  }
}
    `) as unknown as TypedDocumentString<VotingPhaseQuery, VotingPhaseQueryVariables>;
export const RenameWinnerDocument = new TypedDocumentString(`
    mutation RenameWinner($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<RenameWinnerMutation, RenameWinnerMutationVariables>;
export const HideWinnerDocument = new TypedDocumentString(`
    mutation HideWinner($videoId: ID!) {
  hideVideo(videoId: $videoId, reason: "Too late") {
    __typename
  }
}
    `) as unknown as TypedDocumentString<HideWinnerMutation, HideWinnerMutationVariables>;
export const ModerationVideosDocument = new TypedDocumentString(`
    query ModerationVideos($status: VideoStatus, $failureReason: FailureReason, $hidden: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
  allVideos(
    status: $status
    failureReason: $failureReason
    hidden: $hidden
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    nodes {
      id
    }
    pageInfo {
      startCursor
      endCursor
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<ModerationVideosQuery, ModerationVideosQueryVariables>;
export const ModerationWholeTrailDocument = new TypedDocumentString(`
    query ModerationWholeTrail($first: Int, $after: String, $last: Int) {
  auditTrail(first: $first, after: $after, last: $last) {
    nodes {
      action
      subjectId
      reason
      actor {
        id
      }
    }
    pageInfo {
      endCursor
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<ModerationWholeTrailQuery, ModerationWholeTrailQueryVariables>;
export const ModerateHideDocument = new TypedDocumentString(`
    mutation ModerateHide($videoId: ID!, $reason: String!) {
  hideVideo(videoId: $videoId, reason: $reason) {
    __typename
    ... on Video {
      id
      hidden
      processedUrl
    }
    ... on Error {
      code
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ModerateHideMutation, ModerateHideMutationVariables>;
export const ModerateRestoreDocument = new TypedDocumentString(`
    mutation ModerateRestore($videoId: ID!, $reason: String!) {
  restoreVideo(videoId: $videoId, reason: $reason) {
    __typename
    ... on Video {
      id
      hidden
      votes
    }
    ... on Error {
      code
    }
    ... on InvalidInput {
      problems {
        path
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ModerateRestoreMutation, ModerateRestoreMutationVariables>;
export const ModerateRequeueDocument = new TypedDocumentString(`
    mutation ModerateRequeue($videoId: ID!, $reason: String!) {
  requeueVideo(videoId: $videoId, reason: $reason) {
    __typename
    ... on Video {
      id
      status
      failure {
        reason
      }
    }
    ... on Error {
      code
    }
    ... on InvalidInput {
      problems {
        path
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ModerateRequeueMutation, ModerateRequeueMutationVariables>;
export const ModerationReasonsDocument = new TypedDocumentString(`
    query ModerationReasons {
  me {
    player {
      videos {
        nodes {
          hiddenReason
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ModerationReasonsQuery, ModerationReasonsQueryVariables>;
export const ModerationTrailDocument = new TypedDocumentString(`
    query ModerationTrail($id: ID!) {
  video(id: $id) {
    auditTrail {
      at
      action
      reason
      actor {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ModerationTrailQuery, ModerationTrailQueryVariables>;
export const QueueBoardDocument = new TypedDocumentString(`
    query QueueBoard {
  queueBoardUrl
}
    `) as unknown as TypedDocumentString<QueueBoardQuery, QueueBoardQueryVariables>;
export const MoveToCityDocument = new TypedDocumentString(`
    mutation MoveToCity($city: String!) {
  updateProfile(input: {city: $city}) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<MoveToCityMutation, MoveToCityMutationVariables>;
export const PlaceOfDocument = new TypedDocumentString(`
    query PlaceOf($playerId: ID!, $around: Int) {
  rankingOf(playerId: $playerId, around: $around) {
    entry {
      position
      votes
      player {
        id
      }
    }
    neighbours {
      position
      player {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PlaceOfQuery, PlaceOfQueryVariables>;
export const RankedCitiesDocument = new TypedDocumentString(`
    query RankedCities {
  cities {
    name
    players
    votes
  }
}
    `) as unknown as TypedDocumentString<RankedCitiesQuery, RankedCitiesQueryVariables>;
export const PlayersRankingDocument = new TypedDocumentString(`
    query PlayersRanking($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Player {
      ranking {
        position
        votes
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PlayersRankingQuery, PlayersRankingQueryVariables>;
export const RequeueVideoDocument = new TypedDocumentString(`
    mutation RequeueVideo($videoId: ID!, $reason: String!) {
  requeueVideo(videoId: $videoId, reason: $reason) {
    __typename
    ... on Video {
      id
      status
      failure {
        reason
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<RequeueVideoMutation, RequeueVideoMutationVariables>;
export const RequeueTrailDocument = new TypedDocumentString(`
    query RequeueTrail($id: ID!) {
  video(id: $id) {
    auditTrail {
      action
      reason
    }
  }
}
    `) as unknown as TypedDocumentString<RequeueTrailQuery, RequeueTrailQueryVariables>;
export const MyVotesDocument = new TypedDocumentString(`
    query MyVotes($first: Int, $after: String, $last: Int, $before: String) {
  me {
    votesRemaining
    myVotes(first: $first, after: $after, last: $last, before: $before) {
      nodes {
        castAt
        videoId
        video {
          id
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MyVotesQuery, MyVotesQueryVariables>;
export const ViewerHasVotedDocument = new TypedDocumentString(`
    query ViewerHasVoted($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Video {
      id
      viewerHasVoted
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerHasVotedQuery, ViewerHasVotedQueryVariables>;
export const VotesRemainingDocument = new TypedDocumentString(`
    query VotesRemaining {
  me {
    votesRemaining
  }
  contest {
    phase
    maxVotesPerPlayer
  }
}
    `) as unknown as TypedDocumentString<VotesRemainingQuery, VotesRemainingQueryVariables>;
export const VotesLiveDocument = new TypedDocumentString(`
    subscription VotesLive {
  rankingChanged(top: 1) {
    entries {
      votes
    }
  }
}
    `) as unknown as TypedDocumentString<VotesLiveSubscription, VotesLiveSubscriptionVariables>;
export const DeleteOwnVideoDocument = new TypedDocumentString(`
    mutation DeleteOwnVideo($videoId: ID!) {
  deleteVideo(videoId: $videoId) {
    __typename
    ... on DeletedVideo {
      videoId
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteOwnVideoMutation, DeleteOwnVideoMutationVariables>;
export const PagingGalleryDocument = new TypedDocumentString(`
    query PagingGallery($orderBy: VideoOrder, $city: String, $first: Int, $after: String, $last: Int, $before: String) {
  videos(
    orderBy: $orderBy
    city: $city
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    nodes {
      id
      title
      votes
    }
    pageInfo {
      startCursor
      endCursor
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<PagingGalleryQuery, PagingGalleryQueryVariables>;
export const PagingPlayerDocument = new TypedDocumentString(`
    query PagingPlayer($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) {
    ... on Player {
      videos(first: $first, after: $after, last: $last, before: $before) {
        nodes {
          id
          uploadedAt
          processedAt
          durationSeconds
        }
        pageInfo {
          startCursor
          endCursor
          hasNextPage
          hasPreviousPage
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PagingPlayerQuery, PagingPlayerQueryVariables>;
export const PagingWallDocument = new TypedDocumentString(`
    query PagingWall($first: Int!) {
  videos(first: $first) {
    nodes {
      id
      player {
        username
        videos(first: 3) {
          nodes {
            id
            player {
              city
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PagingWallQuery, PagingWallQueryVariables>;
export const SharedTopDocument = new TypedDocumentString(`
    subscription SharedTop($city: String, $top: Int) {
  rankingChanged(city: $city, top: $top) {
    at
    entries {
      position
      votes
      player {
        id
        username
        firstName
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SharedTopSubscription, SharedTopSubscriptionVariables>;
export const OwnSightDocument = new TypedDocumentString(`
    subscription OwnSight($city: String) {
  rankingChanged(city: $city) {
    entries {
      player {
        username
        videos {
          nodes {
            title
            viewerHasVoted
            originalUrl
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OwnSightSubscription, OwnSightSubscriptionVariables>;
export const RenameFirstDocument = new TypedDocumentString(`
    mutation RenameFirst($firstName: String!) {
  updateProfile(input: {firstName: $firstName}) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<RenameFirstMutation, RenameFirstMutationVariables>;
export const VideoUploadDocument = new TypedDocumentString(`
    mutation VideoUpload($input: UploadVideoInput!) {
  uploadVideo(input: $input) {
    __typename
    ... on Video {
      id
      title
      status
    }
    ... on FileTooLarge {
      code
      message
      limitBytes
    }
  }
}
    `) as unknown as TypedDocumentString<VideoUploadMutation, VideoUploadMutationVariables>;
export const DeleteWhileBackingUpDocument = new TypedDocumentString(`
    mutation DeleteWhileBackingUp($videoId: ID!) {
  deleteVideo(videoId: $videoId) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<DeleteWhileBackingUpMutation, DeleteWhileBackingUpMutationVariables>;
export const ClientSignUpDocument = new TypedDocumentString(`
    mutation ClientSignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename
    ... on Session {
      accessToken
      viewer {
        player {
          id
          username
        }
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ClientSignUpMutation, ClientSignUpMutationVariables>;
export const ClientUploadDocument = new TypedDocumentString(`
    mutation ClientUpload($input: UploadVideoInput!) {
  uploadVideo(input: $input) {
    __typename
    ... on Video {
      id
      status
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ClientUploadMutation, ClientUploadMutationVariables>;
export const ClientFollowDocument = new TypedDocumentString(`
    subscription ClientFollow($videoId: ID!) {
  videoStatus(videoId: $videoId) {
    sequence
    status
    phase
    percent
    failure {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ClientFollowSubscription, ClientFollowSubscriptionVariables>;
export const ClientVoteDocument = new TypedDocumentString(`
    mutation ClientVote($videoId: ID!) {
  castVote(videoId: $videoId) {
    __typename
    ... on Video {
      id
      votes
      viewerHasVoted
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ClientVoteMutation, ClientVoteMutationVariables>;
export const ClientRankingDocument = new TypedDocumentString(`
    query ClientRanking($city: String!) {
  rankings(city: $city, first: 10) {
    totalCount
    nodes {
      position
      votes
      player {
        username
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ClientRankingQuery, ClientRankingQueryVariables>;
export const UploadVideoDocument = new TypedDocumentString(`
    mutation UploadVideo($input: UploadVideoInput!) {
  uploadVideo(input: $input) {
    __typename
    ... on Video {
      id
      title
      status
    }
    ... on Error {
      code
      message
    }
    ... on FileTooLarge {
      limitBytes
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UploadVideoMutation, UploadVideoMutationVariables>;
export const VideoStatusDocument = new TypedDocumentString(`
    subscription VideoStatus($videoId: ID!) {
  videoStatus(videoId: $videoId) {
    sequence
    status
    phase
    percent
    queuePosition
    etaSeconds
    attempt
    maxAttempts
    failure {
      reason
      message
    }
    video {
      id
      status
      processedUrl
      posterUrl
      durationSeconds
    }
  }
}
    `) as unknown as TypedDocumentString<VideoStatusSubscription, VideoStatusSubscriptionVariables>;
export const CreateUploadDocument = new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    __typename
    ... on DirectUpload {
      uploadId
      url
      headers {
        name
        value
      }
      expiresAt
    }
    ... on Error {
      code
      message
    }
    ... on FileTooLarge {
      limitBytes
    }
    ... on InvalidInput {
      problems {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;
export const CompleteUploadDocument = new TypedDocumentString(`
    mutation CompleteUpload($input: CompleteUploadInput!) {
  completeUpload(input: $input) {
    __typename
    ... on Video {
      id
      title
      status
    }
    ... on Error {
      code
      message
    }
    ... on FileTooLarge {
      limitBytes
    }
  }
}
    `) as unknown as TypedDocumentString<CompleteUploadMutation, CompleteUploadMutationVariables>;
export const RankingPageDocument = new TypedDocumentString(`
    query RankingPage($city: String, $first: Int, $after: String, $last: Int, $before: String) {
  rankings(
    city: $city
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    edges {
      cursor
      node {
        position
        votes
        player {
          id
        }
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<RankingPageQuery, RankingPageQueryVariables>;
export const RankingTopDocument = new TypedDocumentString(`
    subscription RankingTop($city: String, $top: Int) {
  rankingChanged(city: $city, top: $top) {
    at
    entries {
      position
      votes
      player {
        username
        city
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RankingTopSubscription, RankingTopSubscriptionVariables>;
export const CastVoteDocument = new TypedDocumentString(`
    mutation CastVote($videoId: ID!) {
  castVote(videoId: $videoId) {
    __typename
    ... on Video {
      id
      votes
      viewerHasVoted
    }
    ... on Error {
      code
      message
    }
    ... on VoteLimitReached {
      limit
    }
    ... on TooManyAttempts {
      retryAfterSeconds
    }
  }
}
    `) as unknown as TypedDocumentString<CastVoteMutation, CastVoteMutationVariables>;
export const WithdrawVoteDocument = new TypedDocumentString(`
    mutation WithdrawVote($videoId: ID!) {
  withdrawVote(videoId: $videoId) {
    __typename
    ... on Video {
      id
      votes
      viewerHasVoted
    }
    ... on VoteWithdrawn {
      videoId
    }
    ... on Error {
      code
      message
    }
    ... on TooManyAttempts {
      retryAfterSeconds
    }
  }
}
    `) as unknown as TypedDocumentString<WithdrawVoteMutation, WithdrawVoteMutationVariables>;
export const EndedRenameDocument = new TypedDocumentString(`
    mutation EndedRename {
  updateProfile(input: {firstName: "Thief"}) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<EndedRenameMutation, EndedRenameMutationVariables>;
export const EndedSightDocument = new TypedDocumentString(`
    subscription EndedSight {
  rankingChanged {
    entries {
      player {
        videos {
          nodes {
            title
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<EndedSightSubscription, EndedSightSubscriptionVariables>;
export const EndedStatusDocument = new TypedDocumentString(`
    subscription EndedStatus($videoId: ID!) {
  videoStatus(videoId: $videoId) {
    status
  }
}
    `) as unknown as TypedDocumentString<EndedStatusSubscription, EndedStatusSubscriptionVariables>;
export const ProcessingFailureDocument = new TypedDocumentString(`
    query ProcessingFailure($id: ID!) {
  video(id: $id) {
    failure {
      reason
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ProcessingFailureQuery, ProcessingFailureQueryVariables>;