import { graphql } from '../gql/gql.ts';

export const SIGN_UP = graphql(`
  mutation ClientSignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on Session { accessToken viewer { player { id username } } }
      ... on Error { code message }
    }
  }
`);

export const UPLOAD = graphql(`
  mutation ClientUpload($input: UploadVideoInput!) {
    uploadVideo(input: $input) {
      __typename
      ... on Video { id status }
      ... on Error { code message }
    }
  }
`);

export const FOLLOW = graphql(`
  subscription ClientFollow($videoId: ID!) {
    videoStatus(videoId: $videoId) {
      sequence status phase percent
      failure { message }
    }
  }
`);

export const VOTE = graphql(`
  mutation ClientVote($videoId: ID!) {
    castVote(videoId: $videoId) {
      __typename
      ... on Video { id votes viewerHasVoted }
      ... on Error { code message }
    }
  }
`);

export const RANKING = graphql(`
  query ClientRanking($city: String!) {
    rankings(city: $city, first: 10) {
      totalCount
      nodes { position votes player { username } }
    }
  }
`);
