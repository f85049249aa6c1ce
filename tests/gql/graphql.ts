/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Says which expected error it is, for a program. Codes never change; new ones may come. */
export type ErrorCode =
  | 'ALREADY_VOTED'
  | 'BAD_CREDENTIALS'
  | 'EMAIL_TAKEN'
  | 'FILE_TOO_LARGE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_INPUT'
  | 'NOT_VOTED'
  | 'OWN_VIDEO'
  | 'SESSION_EXPIRED'
  | 'TOO_MANY_ATTEMPTS'
  | 'UNSUPPORTED_FILE'
  | 'VIDEO_IS_PUBLISHED'
  | 'VIDEO_NOT_FAILED'
  | 'VIDEO_NOT_FOUND'
  | 'VIDEO_NOT_PUBLISHED'
  | 'VOTE_LIMIT_REACHED'
  | 'VOTING_CLOSED';

/** Why a video failed. All but INTERNAL are the fault of the file. */
export type FailureReason =
  | 'CORRUPT'
  | 'INTERNAL'
  | 'NOT_A_VIDEO'
  | 'RESOLUTION_TOO_LOW'
  | 'TIMED_OUT'
  | 'TOO_LONG'
  | 'TOO_SHORT'
  | 'UNSUPPORTED_FORMAT';

/** What a player logs in with. */
export type LogInInput = {
  /** In any case. */
  email: string;
  /** As at sign-up. */
  password: string;
};

/** What is being done with a video. */
export type ProcessingPhase =
  /** The upload is checked against the rules. */
  | 'INSPECTING'
  /** The clip is stored for everybody. */
  | 'PUBLISHING'
  /** It waits for a worker. */
  | 'QUEUED'
  /** The clip is made. */
  | 'RENDERING';

/** What somebody may do besides what everybody may. */
export type Role =
  /** Also sees every video and decides on it. */
  | 'MODERATOR'
  /** Uploads, votes and is ranked. */
  | 'PLAYER';

/** Whoever wants to be a player. */
export type SignUpInput = {
  /** 1 to 80 characters; the city one plays for. */
  city: string;
  /** 1 to 60 characters. */
  country: string;
  /** At most 254 characters; unique whatever its case. */
  email: string;
  /** 1 to 60 characters. */
  firstName: string;
  /** 1 to 60 characters. */
  lastName: string;
  /** 8 to 128 characters; not the e-mail, nor one of the most common passwords. */
  password: string;
  /** The password again. */
  passwordConfirmation: string;
};

/** What to change; a field that is left out or null stays as it is. */
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

/** A video for the contest. */
export type UploadVideoInput = {
  /** MP4 or QuickTime, sent as the GraphQL multipart request specification says. */
  file: null;
  /** Names this upload: sent again with the same key, it answers with the first video. At most 200 characters. */
  idempotencyKey?: string | null | undefined;
  /** 1 to 120 characters. */
  title: string;
};

/** Where a video stands: UPLOADED, then PROCESSING, then PROCESSED or FAILED. */
export type VideoStatus =
  | 'FAILED'
  | 'PROCESSED'
  | 'PROCESSING'
  | 'UPLOADED';

export type FollowVideoSubscriptionVariables = Exact<{
  videoId: string | number;
}>;


export type FollowVideoSubscription = { videoStatus: { sequence: number, status: VideoStatus, phase: ProcessingPhase | null, percent: number, queuePosition: number | null, etaSeconds: number | null, failure: { reason: FailureReason, message: string } | null, video: { title: string, processedUrl: string | null, posterUrl: string | null } } };

export type GalleryQueryVariables = Exact<{
  city?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


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
  file: null;
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
    query Gallery($city: String, $first: Int, $after: String) {
  videos(city: $city, first: $first, after: $after, orderBy: MOST_VOTED) {
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