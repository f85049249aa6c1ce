/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}": typeof types.FollowVideoDocument,
    "query Gallery($city: String, $first: Int, $after: String) {\n  videos(city: $city, first: $first, after: $after, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.GalleryDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.LogInDocument,
    "query Me {\n  me {\n    email\n    role\n    player {\n      id\n      username\n      city\n      videos(first: 10) {\n        nodes {\n          id\n          title\n          status\n          votes\n        }\n      }\n    }\n  }\n}": typeof types.MeDocument,
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n      viewer {\n        email\n        player {\n          id\n          username\n          city\n        }\n      }\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.SignUpDocument,
    "mutation Upload($title: String!, $file: Upload!) {\n  uploadVideo(input: {title: $title, file: $file}) {\n    __typename\n    ... on Video {\n      id\n      status\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.UploadDocument,
    "\n  mutation SeedLogIn($input: LogInInput!) {\n    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }\n  }\n": typeof types.SeedLogInDocument,
    "\n  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }\n": typeof types.SeedOwnVideosDocument,
    "\n  query AccountMe { me { email player { username } } }\n": typeof types.AccountMeDocument,
    "\n  mutation AccountUpdate($input: UpdateProfileInput!) {\n    updateProfile(input: $input) {\n      __typename\n      ... on Player { username firstName lastName city country }\n      ... on InvalidInput { code problems { path message } }\n    }\n  }\n": typeof types.AccountUpdateDocument,
    "\n  fragment AccountSession on Session {\n    __typename accessToken tokenType expiresIn refreshToken\n    viewer { email role player { username firstName lastName city country } }\n  }\n": typeof types.AccountSessionFragmentDoc,
    "\n  mutation AccountSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.AccountSignUpDocument,
    "\n  mutation AccountLogIn($input: LogInInput!) {\n    logIn(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": typeof types.AccountLogInDocument,
    "\n  mutation AccountRefresh($refreshToken: String!) {\n    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }\n  }\n": typeof types.AccountRefreshDocument,
    "\n  mutation AccountLogOut($refreshToken: String!) {\n    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }\n  }\n": typeof types.AccountLogOutDocument,
    "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n": typeof types.VideoUploadDocument,
    "\n  mutation UploadVideo($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.UploadVideoDocument,
    "\n  subscription VideoStatus($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent queuePosition etaSeconds attempt maxAttempts\n      failure { reason message }\n      video { id status processedUrl posterUrl durationSeconds }\n    }\n  }\n": typeof types.VideoStatusDocument,
    "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n": typeof types.ProcessingFailureDocument,
};
const documents: Documents = {
    "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}": types.FollowVideoDocument,
    "query Gallery($city: String, $first: Int, $after: String) {\n  videos(city: $city, first: $first, after: $after, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.GalleryDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.LogInDocument,
    "query Me {\n  me {\n    email\n    role\n    player {\n      id\n      username\n      city\n      videos(first: 10) {\n        nodes {\n          id\n          title\n          status\n          votes\n        }\n      }\n    }\n  }\n}": types.MeDocument,
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n      viewer {\n        email\n        player {\n          id\n          username\n          city\n        }\n      }\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.SignUpDocument,
    "mutation Upload($title: String!, $file: Upload!) {\n  uploadVideo(input: {title: $title, file: $file}) {\n    __typename\n    ... on Video {\n      id\n      status\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.UploadDocument,
    "\n  mutation SeedLogIn($input: LogInInput!) {\n    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }\n  }\n": types.SeedLogInDocument,
    "\n  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }\n": types.SeedOwnVideosDocument,
    "\n  query AccountMe { me { email player { username } } }\n": types.AccountMeDocument,
    "\n  mutation AccountUpdate($input: UpdateProfileInput!) {\n    updateProfile(input: $input) {\n      __typename\n      ... on Player { username firstName lastName city country }\n      ... on InvalidInput { code problems { path message } }\n    }\n  }\n": types.AccountUpdateDocument,
    "\n  fragment AccountSession on Session {\n    __typename accessToken tokenType expiresIn refreshToken\n    viewer { email role player { username firstName lastName city country } }\n  }\n": types.AccountSessionFragmentDoc,
    "\n  mutation AccountSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.AccountSignUpDocument,
    "\n  mutation AccountLogIn($input: LogInInput!) {\n    logIn(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": types.AccountLogInDocument,
    "\n  mutation AccountRefresh($refreshToken: String!) {\n    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }\n  }\n": types.AccountRefreshDocument,
    "\n  mutation AccountLogOut($refreshToken: String!) {\n    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }\n  }\n": types.AccountLogOutDocument,
    "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n": types.VideoUploadDocument,
    "\n  mutation UploadVideo($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.UploadVideoDocument,
    "\n  subscription VideoStatus($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent queuePosition etaSeconds attempt maxAttempts\n      failure { reason message }\n      video { id status processedUrl posterUrl durationSeconds }\n    }\n  }\n": types.VideoStatusDocument,
    "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n": types.ProcessingFailureDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}"): typeof import('./graphql.ts').FollowVideoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Gallery($city: String, $first: Int, $after: String) {\n  videos(city: $city, first: $first, after: $after, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.ts').GalleryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').LogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Me {\n  me {\n    email\n    role\n    player {\n      id\n      username\n      city\n      videos(first: 10) {\n        nodes {\n          id\n          title\n          status\n          votes\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').MeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n      viewer {\n        email\n        player {\n          id\n          username\n          city\n        }\n      }\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').SignUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Upload($title: String!, $file: Upload!) {\n  uploadVideo(input: {title: $title, file: $file}) {\n    __typename\n    ... on Video {\n      id\n      status\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').UploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SeedLogIn($input: LogInInput!) {\n    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }\n  }\n"): typeof import('./graphql.ts').SeedLogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }\n"): typeof import('./graphql.ts').SeedOwnVideosDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountMe { me { email player { username } } }\n"): typeof import('./graphql.ts').AccountMeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AccountUpdate($input: UpdateProfileInput!) {\n    updateProfile(input: $input) {\n      __typename\n      ... on Player { username firstName lastName city country }\n      ... on InvalidInput { code problems { path message } }\n    }\n  }\n"): typeof import('./graphql.ts').AccountUpdateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AccountSession on Session {\n    __typename accessToken tokenType expiresIn refreshToken\n    viewer { email role player { username firstName lastName city country } }\n  }\n"): typeof import('./graphql.ts').AccountSessionFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AccountSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n"): typeof import('./graphql.ts').AccountSignUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AccountLogIn($input: LogInInput!) {\n    logIn(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n"): typeof import('./graphql.ts').AccountLogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AccountRefresh($refreshToken: String!) {\n    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }\n  }\n"): typeof import('./graphql.ts').AccountRefreshDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AccountLogOut($refreshToken: String!) {\n    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }\n  }\n"): typeof import('./graphql.ts').AccountLogOutDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n"): typeof import('./graphql.ts').VideoUploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UploadVideo($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n"): typeof import('./graphql.ts').UploadVideoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription VideoStatus($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent queuePosition etaSeconds attempt maxAttempts\n      failure { reason message }\n      video { id status processedUrl posterUrl durationSeconds }\n    }\n  }\n"): typeof import('./graphql.ts').VideoStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n"): typeof import('./graphql.ts').ProcessingFailureDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
