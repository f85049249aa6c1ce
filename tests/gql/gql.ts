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
    "\n  query ChaosRankingPage($after: String) {\n    rankings(first: 50, after: $after) {\n      nodes { position votes player { username } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ChaosRankingPageDocument,
    "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}": typeof types.FollowVideoDocument,
    "query Gallery {\n  videos(first: 10, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.GalleryDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.LogInDocument,
    "query Me {\n  me {\n    email\n    role\n    player {\n      id\n      username\n      city\n      videos(first: 10) {\n        nodes {\n          id\n          title\n          status\n          votes\n        }\n      }\n    }\n  }\n}": typeof types.MeDocument,
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n      viewer {\n        email\n        player {\n          id\n          username\n          city\n        }\n      }\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.SignUpDocument,
    "mutation Upload($title: String!, $file: Upload!) {\n  uploadVideo(input: {title: $title, file: $file}) {\n    __typename\n    ... on Video {\n      id\n      status\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": typeof types.UploadDocument,
    "\n  mutation SeedLogIn($input: LogInInput!) {\n    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }\n  }\n": typeof types.SeedLogInDocument,
    "\n  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }\n": typeof types.SeedOwnVideosDocument,
    "\n  mutation SeedVote($videoId: ID!) {\n    castVote(videoId: $videoId) { __typename ... on Error { code message } }\n  }\n": typeof types.SeedVoteDocument,
    "\n  query AccountMe { me { email player { username } } }\n": typeof types.AccountMeDocument,
    "\n  mutation AccountUpdate($input: UpdateProfileInput!) {\n    updateProfile(input: $input) {\n      __typename\n      ... on Player { username firstName lastName city country }\n      ... on InvalidInput { code problems { path message } }\n    }\n  }\n": typeof types.AccountUpdateDocument,
    "\n  fragment AccountSession on Session {\n    __typename accessToken tokenType expiresIn refreshToken\n    viewer { email role player { username firstName lastName city country } }\n  }\n": typeof types.AccountSessionFragmentDoc,
    "\n  mutation AccountSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.AccountSignUpDocument,
    "\n  mutation AccountLogIn($input: LogInInput!) {\n    logIn(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": typeof types.AccountLogInDocument,
    "\n  mutation AccountRefresh($refreshToken: String!) {\n    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }\n  }\n": typeof types.AccountRefreshDocument,
    "\n  mutation AccountLogOut($refreshToken: String!) {\n    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }\n  }\n": typeof types.AccountLogOutDocument,
    "\n  query PlayerProfile($username: String!) { player(username: $username) { id username city } }\n": typeof types.PlayerProfileDocument,
    "\n  fragment OwnView on Session {\n    viewer {\n      player { videos { nodes { status originalUrl } } }\n      myVotes { nodes { video { viewerHasVoted } } }\n    }\n  }\n": typeof types.OwnViewFragmentDoc,
    "\n  mutation ViewAfterLogIn($input: LogInInput!) { logIn(input: $input) { ...OwnView } }\n": typeof types.ViewAfterLogInDocument,
    "\n  mutation ViewAfterRefresh($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { ...OwnView } }\n": typeof types.ViewAfterRefreshDocument,
    "\n  mutation TrailAroundLogIn($videoId: ID!, $input: LogInInput!) {\n    before: hideVideo(videoId: $videoId, reason: \"As a moderator\") { __typename }\n    logIn(input: $input) { ... on Session { viewer { player { videos { nodes { auditTrail { action } } } } } } }\n  }\n": typeof types.TrailAroundLogInDocument,
    "\n  mutation VoteAfterLogIn($videoId: ID!, $input: LogInInput!) {\n    logIn(input: $input) { __typename }\n    castVote(videoId: $videoId) { __typename ... on Video { viewerHasVoted } }\n  }\n": typeof types.VoteAfterLogInDocument,
    "\n  query SessionMe { me { email } }\n": typeof types.SessionMeDocument,
    "\n  mutation LimitedSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": typeof types.LimitedSignUpDocument,
    "\n  query VisibilitySeen($id: ID!, $owner: ID!) {\n    video(id: $id) { id originalUrl processedUrl posterUrl failure { reason } }\n    node(id: $id) { id }\n    nodes(ids: [$id]) { id }\n    videos(first: 100) { nodes { id } }\n    owner: node(id: $owner) { ... on Player { videos(first: 100) { nodes { id } } } }\n  }\n": typeof types.VisibilitySeenDocument,
    "\n  query CityPlaces($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Player { city ranking { position } cityRanking { position votes player { id } } } }\n  }\n": typeof types.CityPlacesDocument,
    "\n  mutation CrowdHide($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"A closer look\") { __typename } }\n": typeof types.CrowdHideDocument,
    "\n  mutation CrowdRestore($videoId: ID!) { restoreVideo(videoId: $videoId, reason: \"It is fine\") { __typename } }\n": typeof types.CrowdRestoreDocument,
    "\n  mutation CloseTheContest($reason: String!) {\n    closeContest(reason: $reason) {\n      __typename\n      ... on Contest { phase votingClosesAt }\n      ... on InvalidInput { code problems { path } }\n    }\n  }\n": typeof types.CloseTheContestDocument,
    "\n  query CertifiedResults {\n    contest { phase votingOpensAt votingClosesAt winnersPerCity }\n    results { city position votes decidedBy reachedAt certifiedAt player { id } }\n  }\n": typeof types.CertifiedResultsDocument,
    "\n  query VotingPhase { contest { phase } }\n": typeof types.VotingPhaseDocument,
    "\n  mutation RenameWinner($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }\n": typeof types.RenameWinnerDocument,
    "\n  mutation HideWinner($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"Too late\") { __typename } }\n": typeof types.HideWinnerDocument,
    "\n  query ModerationVideos(\n    $status: VideoStatus, $failureReason: FailureReason, $hidden: Boolean\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    allVideos(\n      status: $status, failureReason: $failureReason, hidden: $hidden\n      first: $first, after: $after, last: $last, before: $before\n    ) {\n      nodes { id }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": typeof types.ModerationVideosDocument,
    "\n  query ModerationWholeTrail($first: Int, $after: String, $last: Int) {\n    auditTrail(first: $first, after: $after, last: $last) {\n      nodes { action subjectId reason actor { id } }\n      pageInfo { endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": typeof types.ModerationWholeTrailDocument,
    "\n  mutation ModerateHide($videoId: ID!, $reason: String!) {\n    hideVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden processedUrl }\n      ... on Error { code }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.ModerateHideDocument,
    "\n  mutation ModerateRestore($videoId: ID!, $reason: String!) {\n    restoreVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden votes }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n": typeof types.ModerateRestoreDocument,
    "\n  mutation ModerateRequeue($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n": typeof types.ModerateRequeueDocument,
    "\n  query ModerationReasons { me { player { videos { nodes { hiddenReason } } } } }\n": typeof types.ModerationReasonsDocument,
    "\n  query ModerationTrail($id: ID!) {\n    video(id: $id) { auditTrail { at action reason actor { id } } }\n  }\n": typeof types.ModerationTrailDocument,
    "\n  query QueueBoard { queueBoardUrl }\n": typeof types.QueueBoardDocument,
    "\n  mutation MoveToCity($city: String!) { updateProfile(input: { city: $city }) { __typename } }\n": typeof types.MoveToCityDocument,
    "\n  query PlaceOf($playerId: ID!, $around: Int) {\n    rankingOf(playerId: $playerId, around: $around) {\n      entry { position votes player { id } }\n      neighbours { position player { id } }\n    }\n  }\n": typeof types.PlaceOfDocument,
    "query RankedCities { cities { name players votes } }": typeof types.RankedCitiesDocument,
    "\n  query PlayersRanking($ids: [ID!]!) { nodes(ids: $ids) { ... on Player { ranking { position votes } } } }\n": typeof types.PlayersRankingDocument,
    "\n  mutation RequeueVideo($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n    }\n  }\n": typeof types.RequeueVideoDocument,
    "\n  query RequeueTrail($id: ID!) { video(id: $id) { auditTrail { action reason } } }\n": typeof types.RequeueTrailDocument,
    "\n  query MyVotes($first: Int, $after: String, $last: Int, $before: String) {\n    me {\n      votesRemaining\n      myVotes(first: $first, after: $after, last: $last, before: $before) {\n        nodes { castAt videoId video { id } }\n        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.MyVotesDocument,
    "\n  query ViewerHasVoted($ids: [ID!]!) { nodes(ids: $ids) { ... on Video { id viewerHasVoted } } }\n": typeof types.ViewerHasVotedDocument,
    "query VotesRemaining { me { votesRemaining } contest { phase maxVotesPerPlayer } }": typeof types.VotesRemainingDocument,
    "\n  subscription VotesLive { rankingChanged(top: 1) { entries { votes } } }\n": typeof types.VotesLiveDocument,
    "\n  mutation DeleteOwnVideo($videoId: ID!) {\n    deleteVideo(videoId: $videoId) {\n      __typename\n      ... on DeletedVideo { videoId }\n      ... on Error { code message }\n    }\n  }\n": typeof types.DeleteOwnVideoDocument,
    "\n  query PagingGallery(\n    $orderBy: VideoOrder, $city: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    videos(orderBy: $orderBy, city: $city, first: $first, after: $after, last: $last, before: $before) {\n      nodes { id title votes }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": typeof types.PagingGalleryDocument,
    "\n  query PagingPlayer($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      ... on Player {\n        videos(first: $first, after: $after, last: $last, before: $before) {\n          nodes { id uploadedAt processedAt durationSeconds }\n          pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n        }\n      }\n    }\n  }\n": typeof types.PagingPlayerDocument,
    "\n  query PagingWall($first: Int!) {\n    videos(first: $first) {\n      nodes { id player { username videos(first: 3) { nodes { id player { city } } } } }\n    }\n  }\n": typeof types.PagingWallDocument,
    "\n  subscription SharedTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { id username firstName } } }\n  }\n": typeof types.SharedTopDocument,
    "\n  subscription OwnSight($city: String) {\n    rankingChanged(city: $city) {\n      entries { player { username videos { nodes { title viewerHasVoted originalUrl } } } }\n    }\n  }\n": typeof types.OwnSightDocument,
    "\n  mutation RenameFirst($firstName: String!) { updateProfile(input: { firstName: $firstName }) { __typename } }\n": typeof types.RenameFirstDocument,
    "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n": typeof types.VideoUploadDocument,
    "\n  mutation DeleteWhileBackingUp($videoId: ID!) {\n    deleteVideo(videoId: $videoId) { __typename }\n  }\n": typeof types.DeleteWhileBackingUpDocument,
    "\n  mutation ClientSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Session { accessToken viewer { player { id username } } }\n      ... on Error { code message }\n    }\n  }\n": typeof types.ClientSignUpDocument,
    "\n  mutation ClientUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id status }\n      ... on Error { code message }\n    }\n  }\n": typeof types.ClientUploadDocument,
    "\n  subscription ClientFollow($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent\n      failure { message }\n    }\n  }\n": typeof types.ClientFollowDocument,
    "\n  mutation ClientVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n    }\n  }\n": typeof types.ClientVoteDocument,
    "\n  query ClientRanking($city: String!) {\n    rankings(city: $city, first: 10) {\n      totalCount\n      nodes { position votes player { username } }\n    }\n  }\n": typeof types.ClientRankingDocument,
    "\n  mutation UploadVideo($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.UploadVideoDocument,
    "\n  subscription VideoStatus($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent queuePosition etaSeconds attempt maxAttempts\n      failure { reason message }\n      video { id status processedUrl posterUrl durationSeconds }\n    }\n  }\n": typeof types.VideoStatusDocument,
    "\n  mutation CreateUpload($input: CreateUploadInput!) {\n    createUpload(input: $input) {\n      __typename\n      ... on DirectUpload { uploadId url headers { name value } expiresAt }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": typeof types.CreateUploadDocument,
    "\n  mutation CompleteUpload($input: CompleteUploadInput!) {\n    completeUpload(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n    }\n  }\n": typeof types.CompleteUploadDocument,
    "\n  query RankingPage($city: String, $first: Int, $after: String, $last: Int, $before: String) {\n    rankings(city: $city, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      edges { cursor node { position votes player { id } } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n": typeof types.RankingPageDocument,
    "\n  subscription RankingTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { username city } } }\n  }\n": typeof types.RankingTopDocument,
    "\n  mutation CastVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n      ... on VoteLimitReached { limit }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": typeof types.CastVoteDocument,
    "\n  mutation WithdrawVote($videoId: ID!) {\n    withdrawVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on VoteWithdrawn { videoId }\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": typeof types.WithdrawVoteDocument,
    "\n  mutation EndedRename { updateProfile(input: { firstName: \"Thief\" }) { __typename } }\n": typeof types.EndedRenameDocument,
    "\n  subscription EndedSight { rankingChanged { entries { player { videos { nodes { title } } } } } }\n": typeof types.EndedSightDocument,
    "\n  subscription EndedStatus($videoId: ID!) { videoStatus(videoId: $videoId) { status } }\n": typeof types.EndedStatusDocument,
    "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n": typeof types.ProcessingFailureDocument,
};
const documents: Documents = {
    "\n  query ChaosRankingPage($after: String) {\n    rankings(first: 50, after: $after) {\n      nodes { position votes player { username } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ChaosRankingPageDocument,
    "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}": types.FollowVideoDocument,
    "query Gallery {\n  videos(first: 10, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.GalleryDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.LogInDocument,
    "query Me {\n  me {\n    email\n    role\n    player {\n      id\n      username\n      city\n      videos(first: 10) {\n        nodes {\n          id\n          title\n          status\n          votes\n        }\n      }\n    }\n  }\n}": types.MeDocument,
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on Session {\n      accessToken\n      expiresIn\n      refreshToken\n      viewer {\n        email\n        player {\n          id\n          username\n          city\n        }\n      }\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.SignUpDocument,
    "mutation Upload($title: String!, $file: Upload!) {\n  uploadVideo(input: {title: $title, file: $file}) {\n    __typename\n    ... on Video {\n      id\n      status\n    }\n    ... on InvalidInput {\n      problems {\n        path\n        message\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}": types.UploadDocument,
    "\n  mutation SeedLogIn($input: LogInInput!) {\n    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }\n  }\n": types.SeedLogInDocument,
    "\n  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }\n": types.SeedOwnVideosDocument,
    "\n  mutation SeedVote($videoId: ID!) {\n    castVote(videoId: $videoId) { __typename ... on Error { code message } }\n  }\n": types.SeedVoteDocument,
    "\n  query AccountMe { me { email player { username } } }\n": types.AccountMeDocument,
    "\n  mutation AccountUpdate($input: UpdateProfileInput!) {\n    updateProfile(input: $input) {\n      __typename\n      ... on Player { username firstName lastName city country }\n      ... on InvalidInput { code problems { path message } }\n    }\n  }\n": types.AccountUpdateDocument,
    "\n  fragment AccountSession on Session {\n    __typename accessToken tokenType expiresIn refreshToken\n    viewer { email role player { username firstName lastName city country } }\n  }\n": types.AccountSessionFragmentDoc,
    "\n  mutation AccountSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.AccountSignUpDocument,
    "\n  mutation AccountLogIn($input: LogInInput!) {\n    logIn(input: $input) {\n      __typename\n      ...AccountSession\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": types.AccountLogInDocument,
    "\n  mutation AccountRefresh($refreshToken: String!) {\n    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }\n  }\n": types.AccountRefreshDocument,
    "\n  mutation AccountLogOut($refreshToken: String!) {\n    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }\n  }\n": types.AccountLogOutDocument,
    "\n  query PlayerProfile($username: String!) { player(username: $username) { id username city } }\n": types.PlayerProfileDocument,
    "\n  fragment OwnView on Session {\n    viewer {\n      player { videos { nodes { status originalUrl } } }\n      myVotes { nodes { video { viewerHasVoted } } }\n    }\n  }\n": types.OwnViewFragmentDoc,
    "\n  mutation ViewAfterLogIn($input: LogInInput!) { logIn(input: $input) { ...OwnView } }\n": types.ViewAfterLogInDocument,
    "\n  mutation ViewAfterRefresh($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { ...OwnView } }\n": types.ViewAfterRefreshDocument,
    "\n  mutation TrailAroundLogIn($videoId: ID!, $input: LogInInput!) {\n    before: hideVideo(videoId: $videoId, reason: \"As a moderator\") { __typename }\n    logIn(input: $input) { ... on Session { viewer { player { videos { nodes { auditTrail { action } } } } } } }\n  }\n": types.TrailAroundLogInDocument,
    "\n  mutation VoteAfterLogIn($videoId: ID!, $input: LogInInput!) {\n    logIn(input: $input) { __typename }\n    castVote(videoId: $videoId) { __typename ... on Video { viewerHasVoted } }\n  }\n": types.VoteAfterLogInDocument,
    "\n  query SessionMe { me { email } }\n": types.SessionMeDocument,
    "\n  mutation LimitedSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": types.LimitedSignUpDocument,
    "\n  query VisibilitySeen($id: ID!, $owner: ID!) {\n    video(id: $id) { id originalUrl processedUrl posterUrl failure { reason } }\n    node(id: $id) { id }\n    nodes(ids: [$id]) { id }\n    videos(first: 100) { nodes { id } }\n    owner: node(id: $owner) { ... on Player { videos(first: 100) { nodes { id } } } }\n  }\n": types.VisibilitySeenDocument,
    "\n  query CityPlaces($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Player { city ranking { position } cityRanking { position votes player { id } } } }\n  }\n": types.CityPlacesDocument,
    "\n  mutation CrowdHide($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"A closer look\") { __typename } }\n": types.CrowdHideDocument,
    "\n  mutation CrowdRestore($videoId: ID!) { restoreVideo(videoId: $videoId, reason: \"It is fine\") { __typename } }\n": types.CrowdRestoreDocument,
    "\n  mutation CloseTheContest($reason: String!) {\n    closeContest(reason: $reason) {\n      __typename\n      ... on Contest { phase votingClosesAt }\n      ... on InvalidInput { code problems { path } }\n    }\n  }\n": types.CloseTheContestDocument,
    "\n  query CertifiedResults {\n    contest { phase votingOpensAt votingClosesAt winnersPerCity }\n    results { city position votes decidedBy reachedAt certifiedAt player { id } }\n  }\n": types.CertifiedResultsDocument,
    "\n  query VotingPhase { contest { phase } }\n": types.VotingPhaseDocument,
    "\n  mutation RenameWinner($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }\n": types.RenameWinnerDocument,
    "\n  mutation HideWinner($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"Too late\") { __typename } }\n": types.HideWinnerDocument,
    "\n  query ModerationVideos(\n    $status: VideoStatus, $failureReason: FailureReason, $hidden: Boolean\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    allVideos(\n      status: $status, failureReason: $failureReason, hidden: $hidden\n      first: $first, after: $after, last: $last, before: $before\n    ) {\n      nodes { id }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": types.ModerationVideosDocument,
    "\n  query ModerationWholeTrail($first: Int, $after: String, $last: Int) {\n    auditTrail(first: $first, after: $after, last: $last) {\n      nodes { action subjectId reason actor { id } }\n      pageInfo { endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": types.ModerationWholeTrailDocument,
    "\n  mutation ModerateHide($videoId: ID!, $reason: String!) {\n    hideVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden processedUrl }\n      ... on Error { code }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.ModerateHideDocument,
    "\n  mutation ModerateRestore($videoId: ID!, $reason: String!) {\n    restoreVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden votes }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n": types.ModerateRestoreDocument,
    "\n  mutation ModerateRequeue($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n": types.ModerateRequeueDocument,
    "\n  query ModerationReasons { me { player { videos { nodes { hiddenReason } } } } }\n": types.ModerationReasonsDocument,
    "\n  query ModerationTrail($id: ID!) {\n    video(id: $id) { auditTrail { at action reason actor { id } } }\n  }\n": types.ModerationTrailDocument,
    "\n  query QueueBoard { queueBoardUrl }\n": types.QueueBoardDocument,
    "\n  mutation MoveToCity($city: String!) { updateProfile(input: { city: $city }) { __typename } }\n": types.MoveToCityDocument,
    "\n  query PlaceOf($playerId: ID!, $around: Int) {\n    rankingOf(playerId: $playerId, around: $around) {\n      entry { position votes player { id } }\n      neighbours { position player { id } }\n    }\n  }\n": types.PlaceOfDocument,
    "query RankedCities { cities { name players votes } }": types.RankedCitiesDocument,
    "\n  query PlayersRanking($ids: [ID!]!) { nodes(ids: $ids) { ... on Player { ranking { position votes } } } }\n": types.PlayersRankingDocument,
    "\n  mutation RequeueVideo($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n    }\n  }\n": types.RequeueVideoDocument,
    "\n  query RequeueTrail($id: ID!) { video(id: $id) { auditTrail { action reason } } }\n": types.RequeueTrailDocument,
    "\n  query MyVotes($first: Int, $after: String, $last: Int, $before: String) {\n    me {\n      votesRemaining\n      myVotes(first: $first, after: $after, last: $last, before: $before) {\n        nodes { castAt videoId video { id } }\n        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n      }\n    }\n  }\n": types.MyVotesDocument,
    "\n  query ViewerHasVoted($ids: [ID!]!) { nodes(ids: $ids) { ... on Video { id viewerHasVoted } } }\n": types.ViewerHasVotedDocument,
    "query VotesRemaining { me { votesRemaining } contest { phase maxVotesPerPlayer } }": types.VotesRemainingDocument,
    "\n  subscription VotesLive { rankingChanged(top: 1) { entries { votes } } }\n": types.VotesLiveDocument,
    "\n  mutation DeleteOwnVideo($videoId: ID!) {\n    deleteVideo(videoId: $videoId) {\n      __typename\n      ... on DeletedVideo { videoId }\n      ... on Error { code message }\n    }\n  }\n": types.DeleteOwnVideoDocument,
    "\n  query PagingGallery(\n    $orderBy: VideoOrder, $city: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    videos(orderBy: $orderBy, city: $city, first: $first, after: $after, last: $last, before: $before) {\n      nodes { id title votes }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n": types.PagingGalleryDocument,
    "\n  query PagingPlayer($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      ... on Player {\n        videos(first: $first, after: $after, last: $last, before: $before) {\n          nodes { id uploadedAt processedAt durationSeconds }\n          pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n        }\n      }\n    }\n  }\n": types.PagingPlayerDocument,
    "\n  query PagingWall($first: Int!) {\n    videos(first: $first) {\n      nodes { id player { username videos(first: 3) { nodes { id player { city } } } } }\n    }\n  }\n": types.PagingWallDocument,
    "\n  subscription SharedTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { id username firstName } } }\n  }\n": types.SharedTopDocument,
    "\n  subscription OwnSight($city: String) {\n    rankingChanged(city: $city) {\n      entries { player { username videos { nodes { title viewerHasVoted originalUrl } } } }\n    }\n  }\n": types.OwnSightDocument,
    "\n  mutation RenameFirst($firstName: String!) { updateProfile(input: { firstName: $firstName }) { __typename } }\n": types.RenameFirstDocument,
    "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n": types.VideoUploadDocument,
    "\n  mutation DeleteWhileBackingUp($videoId: ID!) {\n    deleteVideo(videoId: $videoId) { __typename }\n  }\n": types.DeleteWhileBackingUpDocument,
    "\n  mutation ClientSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Session { accessToken viewer { player { id username } } }\n      ... on Error { code message }\n    }\n  }\n": types.ClientSignUpDocument,
    "\n  mutation ClientUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id status }\n      ... on Error { code message }\n    }\n  }\n": types.ClientUploadDocument,
    "\n  subscription ClientFollow($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent\n      failure { message }\n    }\n  }\n": types.ClientFollowDocument,
    "\n  mutation ClientVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n    }\n  }\n": types.ClientVoteDocument,
    "\n  query ClientRanking($city: String!) {\n    rankings(city: $city, first: 10) {\n      totalCount\n      nodes { position votes player { username } }\n    }\n  }\n": types.ClientRankingDocument,
    "\n  mutation UploadVideo($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.UploadVideoDocument,
    "\n  subscription VideoStatus($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent queuePosition etaSeconds attempt maxAttempts\n      failure { reason message }\n      video { id status processedUrl posterUrl durationSeconds }\n    }\n  }\n": types.VideoStatusDocument,
    "\n  mutation CreateUpload($input: CreateUploadInput!) {\n    createUpload(input: $input) {\n      __typename\n      ... on DirectUpload { uploadId url headers { name value } expiresAt }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n": types.CreateUploadDocument,
    "\n  mutation CompleteUpload($input: CompleteUploadInput!) {\n    completeUpload(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n    }\n  }\n": types.CompleteUploadDocument,
    "\n  query RankingPage($city: String, $first: Int, $after: String, $last: Int, $before: String) {\n    rankings(city: $city, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      edges { cursor node { position votes player { id } } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n": types.RankingPageDocument,
    "\n  subscription RankingTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { username city } } }\n  }\n": types.RankingTopDocument,
    "\n  mutation CastVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n      ... on VoteLimitReached { limit }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": types.CastVoteDocument,
    "\n  mutation WithdrawVote($videoId: ID!) {\n    withdrawVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on VoteWithdrawn { videoId }\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n": types.WithdrawVoteDocument,
    "\n  mutation EndedRename { updateProfile(input: { firstName: \"Thief\" }) { __typename } }\n": types.EndedRenameDocument,
    "\n  subscription EndedSight { rankingChanged { entries { player { videos { nodes { title } } } } } }\n": types.EndedSightDocument,
    "\n  subscription EndedStatus($videoId: ID!) { videoStatus(videoId: $videoId) { status } }\n": types.EndedStatusDocument,
    "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n": types.ProcessingFailureDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChaosRankingPage($after: String) {\n    rankings(first: 50, after: $after) {\n      nodes { position votes player { username } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ChaosRankingPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription FollowVideo($videoId: ID!) {\n  videoStatus(videoId: $videoId) {\n    sequence\n    status\n    phase\n    percent\n    queuePosition\n    etaSeconds\n    failure {\n      reason\n      message\n    }\n    video {\n      title\n      processedUrl\n      posterUrl\n    }\n  }\n}"): typeof import('./graphql.ts').FollowVideoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Gallery {\n  videos(first: 10, orderBy: MOST_VOTED) {\n    nodes {\n      id\n      title\n      votes\n      durationSeconds\n      processedUrl\n      posterUrl\n      player {\n        username\n        city\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.ts').GalleryDocument;
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
export function graphql(source: "\n  mutation SeedVote($videoId: ID!) {\n    castVote(videoId: $videoId) { __typename ... on Error { code message } }\n  }\n"): typeof import('./graphql.ts').SeedVoteDocument;
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
export function graphql(source: "\n  query PlayerProfile($username: String!) { player(username: $username) { id username city } }\n"): typeof import('./graphql.ts').PlayerProfileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment OwnView on Session {\n    viewer {\n      player { videos { nodes { status originalUrl } } }\n      myVotes { nodes { video { viewerHasVoted } } }\n    }\n  }\n"): typeof import('./graphql.ts').OwnViewFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ViewAfterLogIn($input: LogInInput!) { logIn(input: $input) { ...OwnView } }\n"): typeof import('./graphql.ts').ViewAfterLogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ViewAfterRefresh($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { ...OwnView } }\n"): typeof import('./graphql.ts').ViewAfterRefreshDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TrailAroundLogIn($videoId: ID!, $input: LogInInput!) {\n    before: hideVideo(videoId: $videoId, reason: \"As a moderator\") { __typename }\n    logIn(input: $input) { ... on Session { viewer { player { videos { nodes { auditTrail { action } } } } } } }\n  }\n"): typeof import('./graphql.ts').TrailAroundLogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VoteAfterLogIn($videoId: ID!, $input: LogInInput!) {\n    logIn(input: $input) { __typename }\n    castVote(videoId: $videoId) { __typename ... on Video { viewerHasVoted } }\n  }\n"): typeof import('./graphql.ts').VoteAfterLogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SessionMe { me { email } }\n"): typeof import('./graphql.ts').SessionMeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation LimitedSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n"): typeof import('./graphql.ts').LimitedSignUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query VisibilitySeen($id: ID!, $owner: ID!) {\n    video(id: $id) { id originalUrl processedUrl posterUrl failure { reason } }\n    node(id: $id) { id }\n    nodes(ids: [$id]) { id }\n    videos(first: 100) { nodes { id } }\n    owner: node(id: $owner) { ... on Player { videos(first: 100) { nodes { id } } } }\n  }\n"): typeof import('./graphql.ts').VisibilitySeenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CityPlaces($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Player { city ranking { position } cityRanking { position votes player { id } } } }\n  }\n"): typeof import('./graphql.ts').CityPlacesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CrowdHide($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"A closer look\") { __typename } }\n"): typeof import('./graphql.ts').CrowdHideDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CrowdRestore($videoId: ID!) { restoreVideo(videoId: $videoId, reason: \"It is fine\") { __typename } }\n"): typeof import('./graphql.ts').CrowdRestoreDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CloseTheContest($reason: String!) {\n    closeContest(reason: $reason) {\n      __typename\n      ... on Contest { phase votingClosesAt }\n      ... on InvalidInput { code problems { path } }\n    }\n  }\n"): typeof import('./graphql.ts').CloseTheContestDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CertifiedResults {\n    contest { phase votingOpensAt votingClosesAt winnersPerCity }\n    results { city position votes decidedBy reachedAt certifiedAt player { id } }\n  }\n"): typeof import('./graphql.ts').CertifiedResultsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query VotingPhase { contest { phase } }\n"): typeof import('./graphql.ts').VotingPhaseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RenameWinner($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }\n"): typeof import('./graphql.ts').RenameWinnerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation HideWinner($videoId: ID!) { hideVideo(videoId: $videoId, reason: \"Too late\") { __typename } }\n"): typeof import('./graphql.ts').HideWinnerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModerationVideos(\n    $status: VideoStatus, $failureReason: FailureReason, $hidden: Boolean\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    allVideos(\n      status: $status, failureReason: $failureReason, hidden: $hidden\n      first: $first, after: $after, last: $last, before: $before\n    ) {\n      nodes { id }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n"): typeof import('./graphql.ts').ModerationVideosDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModerationWholeTrail($first: Int, $after: String, $last: Int) {\n    auditTrail(first: $first, after: $after, last: $last) {\n      nodes { action subjectId reason actor { id } }\n      pageInfo { endCursor hasNextPage hasPreviousPage }\n    }\n  }\n"): typeof import('./graphql.ts').ModerationWholeTrailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ModerateHide($videoId: ID!, $reason: String!) {\n    hideVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden processedUrl }\n      ... on Error { code }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n"): typeof import('./graphql.ts').ModerateHideDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ModerateRestore($videoId: ID!, $reason: String!) {\n    restoreVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id hidden votes }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n"): typeof import('./graphql.ts').ModerateRestoreDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ModerateRequeue($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n      ... on InvalidInput { problems { path } }\n    }\n  }\n"): typeof import('./graphql.ts').ModerateRequeueDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModerationReasons { me { player { videos { nodes { hiddenReason } } } } }\n"): typeof import('./graphql.ts').ModerationReasonsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModerationTrail($id: ID!) {\n    video(id: $id) { auditTrail { at action reason actor { id } } }\n  }\n"): typeof import('./graphql.ts').ModerationTrailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query QueueBoard { queueBoardUrl }\n"): typeof import('./graphql.ts').QueueBoardDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MoveToCity($city: String!) { updateProfile(input: { city: $city }) { __typename } }\n"): typeof import('./graphql.ts').MoveToCityDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PlaceOf($playerId: ID!, $around: Int) {\n    rankingOf(playerId: $playerId, around: $around) {\n      entry { position votes player { id } }\n      neighbours { position player { id } }\n    }\n  }\n"): typeof import('./graphql.ts').PlaceOfDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query RankedCities { cities { name players votes } }"): typeof import('./graphql.ts').RankedCitiesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PlayersRanking($ids: [ID!]!) { nodes(ids: $ids) { ... on Player { ranking { position votes } } } }\n"): typeof import('./graphql.ts').PlayersRankingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RequeueVideo($videoId: ID!, $reason: String!) {\n    requeueVideo(videoId: $videoId, reason: $reason) {\n      __typename\n      ... on Video { id status failure { reason } }\n      ... on Error { code }\n    }\n  }\n"): typeof import('./graphql.ts').RequeueVideoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RequeueTrail($id: ID!) { video(id: $id) { auditTrail { action reason } } }\n"): typeof import('./graphql.ts').RequeueTrailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyVotes($first: Int, $after: String, $last: Int, $before: String) {\n    me {\n      votesRemaining\n      myVotes(first: $first, after: $after, last: $last, before: $before) {\n        nodes { castAt videoId video { id } }\n        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').MyVotesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ViewerHasVoted($ids: [ID!]!) { nodes(ids: $ids) { ... on Video { id viewerHasVoted } } }\n"): typeof import('./graphql.ts').ViewerHasVotedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query VotesRemaining { me { votesRemaining } contest { phase maxVotesPerPlayer } }"): typeof import('./graphql.ts').VotesRemainingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription VotesLive { rankingChanged(top: 1) { entries { votes } } }\n"): typeof import('./graphql.ts').VotesLiveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteOwnVideo($videoId: ID!) {\n    deleteVideo(videoId: $videoId) {\n      __typename\n      ... on DeletedVideo { videoId }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.ts').DeleteOwnVideoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PagingGallery(\n    $orderBy: VideoOrder, $city: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    videos(orderBy: $orderBy, city: $city, first: $first, after: $after, last: $last, before: $before) {\n      nodes { id title votes }\n      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n    }\n  }\n"): typeof import('./graphql.ts').PagingGalleryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PagingPlayer($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      ... on Player {\n        videos(first: $first, after: $after, last: $last, before: $before) {\n          nodes { id uploadedAt processedAt durationSeconds }\n          pageInfo { startCursor endCursor hasNextPage hasPreviousPage }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').PagingPlayerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PagingWall($first: Int!) {\n    videos(first: $first) {\n      nodes { id player { username videos(first: 3) { nodes { id player { city } } } } }\n    }\n  }\n"): typeof import('./graphql.ts').PagingWallDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SharedTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { id username firstName } } }\n  }\n"): typeof import('./graphql.ts').SharedTopDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OwnSight($city: String) {\n    rankingChanged(city: $city) {\n      entries { player { username videos { nodes { title viewerHasVoted originalUrl } } } }\n    }\n  }\n"): typeof import('./graphql.ts').OwnSightDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RenameFirst($firstName: String!) { updateProfile(input: { firstName: $firstName }) { __typename } }\n"): typeof import('./graphql.ts').RenameFirstDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VideoUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on FileTooLarge { code message limitBytes }\n    }\n  }\n"): typeof import('./graphql.ts').VideoUploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteWhileBackingUp($videoId: ID!) {\n    deleteVideo(videoId: $videoId) { __typename }\n  }\n"): typeof import('./graphql.ts').DeleteWhileBackingUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ClientSignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on Session { accessToken viewer { player { id username } } }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.ts').ClientSignUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ClientUpload($input: UploadVideoInput!) {\n    uploadVideo(input: $input) {\n      __typename\n      ... on Video { id status }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.ts').ClientUploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ClientFollow($videoId: ID!) {\n    videoStatus(videoId: $videoId) {\n      sequence status phase percent\n      failure { message }\n    }\n  }\n"): typeof import('./graphql.ts').ClientFollowDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ClientVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.ts').ClientVoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ClientRanking($city: String!) {\n    rankings(city: $city, first: 10) {\n      totalCount\n      nodes { position votes player { username } }\n    }\n  }\n"): typeof import('./graphql.ts').ClientRankingDocument;
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
export function graphql(source: "\n  mutation CreateUpload($input: CreateUploadInput!) {\n    createUpload(input: $input) {\n      __typename\n      ... on DirectUpload { uploadId url headers { name value } expiresAt }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n      ... on InvalidInput { problems { path message } }\n    }\n  }\n"): typeof import('./graphql.ts').CreateUploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CompleteUpload($input: CompleteUploadInput!) {\n    completeUpload(input: $input) {\n      __typename\n      ... on Video { id title status }\n      ... on Error { code message }\n      ... on FileTooLarge { limitBytes }\n    }\n  }\n"): typeof import('./graphql.ts').CompleteUploadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RankingPage($city: String, $first: Int, $after: String, $last: Int, $before: String) {\n    rankings(city: $city, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      edges { cursor node { position votes player { id } } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').RankingPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription RankingTop($city: String, $top: Int) {\n    rankingChanged(city: $city, top: $top) { at entries { position votes player { username city } } }\n  }\n"): typeof import('./graphql.ts').RankingTopDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CastVote($videoId: ID!) {\n    castVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on Error { code message }\n      ... on VoteLimitReached { limit }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n"): typeof import('./graphql.ts').CastVoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation WithdrawVote($videoId: ID!) {\n    withdrawVote(videoId: $videoId) {\n      __typename\n      ... on Video { id votes viewerHasVoted }\n      ... on VoteWithdrawn { videoId }\n      ... on Error { code message }\n      ... on TooManyAttempts { retryAfterSeconds }\n    }\n  }\n"): typeof import('./graphql.ts').WithdrawVoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndedRename { updateProfile(input: { firstName: \"Thief\" }) { __typename } }\n"): typeof import('./graphql.ts').EndedRenameDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription EndedSight { rankingChanged { entries { player { videos { nodes { title } } } } } }\n"): typeof import('./graphql.ts').EndedSightDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription EndedStatus($videoId: ID!) { videoStatus(videoId: $videoId) { status } }\n"): typeof import('./graphql.ts').EndedStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }\n"): typeof import('./graphql.ts').ProcessingFailureDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
