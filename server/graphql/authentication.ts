import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { type AccessTokens, InvalidAccessToken } from '../../src/players/access-tokens.ts';
import { authenticate } from '../../src/players/authenticate.ts';

/** Whom a request or a socket speaks for; null is anyone. */
export type AuthenticatedSession = Awaited<ReturnType<typeof authenticate>> | null;

interface IdentityDeps {
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
}

/**
 * Whom an `Authorization` value speaks for; null without one.
 * @throws {GraphQLError} `UNAUTHENTICATED`, 401, for anything but a good bearer token (RFC 6750).
 */
export async function authenticateBearer(
  { forkEm, accessTokens }: IdentityDeps,
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

const identities = new WeakMap<IncomingMessage, AuthenticatedSession>();

/** Whom a request, or the socket that it opened, was found to speak for. */
export const getSession = (request: IncomingMessage): AuthenticatedSession => identities.get(request) ?? null;

/** Remembers it for {@link getSession}. */
export const setSession = (request: IncomingMessage, identity: AuthenticatedSession): void => {
  identities.set(request, identity);
};

/** Finds out who is asking before a byte of the body is read; a stranger's multipart body is never read. */
export function useAuthentication(deps: IdentityDeps): Plugin<object, { req: IncomingMessage }> {
  return {
    async onRequestParse({ serverContext: { req } }) {
      const identity = await authenticateBearer(deps, req.headers.authorization);
      const multipart = req.headers['content-type']?.toLowerCase().startsWith('multipart/');
      if (multipart && identity === null) throw unauthenticated();
      setSession(req, identity);
    },
  };
}

/** Ends the whole request: a client whose token has expired must not take an answer for strangers as its own. */
function unauthenticated(): GraphQLError {
  return new GraphQLError('This needs a valid access token. Log in, or refresh the session.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: { 'www-authenticate': 'Bearer' } } },
  });
}
