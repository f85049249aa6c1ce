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

/** Creates the input of a sign-up with a new e-mail address. */
export function createSignUpInput(details: Partial<SignUpInput> = {}): SignUpInput {
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

/** Creates functions that send the account mutations. */
export function createAccountClient({ graphql }: Pick<TestClient, 'graphql'>) {
  return {
    signUp: async (input: SignUpInput) => (await graphql(SIGN_UP, { input })).data.signUp,
    logIn: async (email: string, password: string) =>
      (await graphql(LOG_IN, { input: { email, password } })).data.logIn,
    refresh: async (refreshToken: string) => (await graphql(REFRESH, { refreshToken })).data.refreshSession,
    logOut: async (refreshToken: string) => (await graphql(LOG_OUT, { refreshToken })).data.logOut,
  };
}

/** Returns the result if it is a session. @throws otherwise. */
export function requireSession(
  result: AccountSessionFragment | { __typename: string },
): AccountSessionFragment {
  if ('accessToken' in result) return result;
  throw new Error(`No session: ${JSON.stringify(result)}`);
}
