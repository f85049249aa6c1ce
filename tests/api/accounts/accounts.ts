import { randomUUID } from 'node:crypto';
import { graphql } from '../../gql/gql.ts';
import type { AccountSessionFragment, SignUpInput } from '../../gql/graphql.ts';
import type { TestClient } from '../../kit/api/client.ts';

graphql(`
  fragment AccountSession on Session {
    __typename accessToken tokenType expiresIn refreshToken
    viewer { email role player { username firstName lastName city country } }
  }
`);

const SIGN_UP = graphql(`
  mutation AccountSignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ...AccountSession
      ... on Error { code message }
      ... on InvalidInput { problems { path message } }
    }
  }
`);

const LOG_IN = graphql(`
  mutation AccountLogIn($input: LogInInput!) {
    logIn(input: $input) {
      __typename
      ...AccountSession
      ... on Error { code message }
      ... on TooManyAttempts { retryAfterSeconds }
    }
  }
`);

const REFRESH = graphql(`
  mutation AccountRefresh($refreshToken: String!) {
    refreshSession(refreshToken: $refreshToken) { __typename ...AccountSession ... on Error { code message } }
  }
`);

const LOG_OUT = graphql(`
  mutation AccountLogOut($refreshToken: String!) {
    logOut(refreshToken: $refreshToken) { __typename ... on LoggedOut { wasOpen } }
  }
`);

/** Somebody who has not signed up yet: a new e-mail, and the rest as given. */
export function person(details: Partial<SignUpInput> = {}): SignUpInput {
  const password = details.password ?? 'three from downtown';
  return {
    firstName: 'Jordan',
    lastName: 'Díaz',
    email: `${randomUUID()}@example.com`,
    city: 'Bogotá',
    country: 'Colombia',
    password,
    passwordConfirmation: password,
    ...details,
  };
}

/** The mutations of accounts, as a client sends them. */
export function accountsOf({ graphql }: Pick<TestClient, 'graphql'>) {
  return {
    signUp: async (input: SignUpInput) => (await graphql(SIGN_UP, { input })).data.signUp,
    logIn: async (email: string, password: string) =>
      (await graphql(LOG_IN, { input: { email, password } })).data.logIn,
    refresh: async (refreshToken: string) => (await graphql(REFRESH, { refreshToken })).data.refreshSession,
    logOut: async (refreshToken: string) => (await graphql(LOG_OUT, { refreshToken })).data.logOut,
  };
}

/** The session that an answer must be. */
export function sessionIn(answer: AccountSessionFragment | { __typename: string }): AccountSessionFragment {
  if ('accessToken' in answer) return answer;
  throw new Error(`No session: ${JSON.stringify(answer)}`);
}
