import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../../schema/graphql-errors.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { type AccessTokens, InvalidAccessToken } from '../../src/players/access-tokens.ts';
import { authenticate } from '../../src/players/authenticate.ts';

/** The session of a request or a socket; null for an anonymous one. */
export type AuthenticatedSession = Awaited<ReturnType<typeof authenticate>> | null;

export interface AuthenticationDeps {
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
}

/**
 * Returns the session of an `Authorization` value; null without one.
 *
 * @throws {GraphQLError} 401, `UNAUTHENTICATED`, for any other value than a valid bearer token (RFC 6750).
 */
export async function authenticateBearer(
  { forkEm, accessTokens }: AuthenticationDeps,
  authorization: string | undefined,
): Promise<AuthenticatedSession> {
  if (authorization === undefined || authorization === '') return null;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  try {
    if (token === undefined) throw new InvalidAccessToken('INVALID');
    return await authenticate({ em: forkEm(), accessTokens }, token);
  } catch (error) {
    if (error instanceof InvalidAccessToken) throw unauthenticated();
    throw error;
  }
}

const sessions = new WeakMap<IncomingMessage, AuthenticatedSession>();

/** Returns the session of an authenticated request, or of the socket that the request opened. */
export const getSession = (request: IncomingMessage): AuthenticatedSession => sessions.get(request) ?? null;

/** Stores the session of a request for {@link getSession}. */
export const setSession = (request: IncomingMessage, session: AuthenticatedSession): void => {
  sessions.set(request, session);
};

/** Authenticates a request before its body is read. Multipart requests require a session. */
export function useAuthentication(deps: AuthenticationDeps): Plugin<object, { req: IncomingMessage }> {
  return {
    async onRequestParse({ serverContext: { req } }) {
      const session = await authenticateBearer(deps, req.headers.authorization);
      const isMultipart = req.headers['content-type']?.toLowerCase().startsWith('multipart/');
      if (isMultipart && session === null) throw unauthenticated();
      setSession(req, session);
    },
  };
}

/**
 * Rejects the whole request: a client with an expired token must not mistake a public response for its own.
 */
function unauthenticated(): GraphQLError {
  return requestError('UNAUTHENTICATED', {}, { headers: { 'www-authenticate': 'Bearer' } });
}
