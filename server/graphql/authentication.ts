import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { type AccessTokens, InvalidAccessToken } from '../../src/players/access-tokens.ts';
import { identify } from '../../src/players/identify.ts';

/** Whom a request or a socket speaks for; null is anyone. */
export type Identity = Awaited<ReturnType<typeof identify>> | null;

interface IdentityDeps {
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
}

/**
 * Whom an `Authorization` value speaks for; null without one.
 * @throws {GraphQLError} `UNAUTHENTICATED`, 401, for anything but a good bearer token (RFC 6750).
 */
export async function identifyBearer(
  { forkEm, accessTokens }: IdentityDeps,
  authorization: string | undefined,
): Promise<Identity> {
  if (authorization === undefined || authorization === '') return null;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  try {
    if (token === undefined) throw new InvalidAccessToken('INVALID');
    return await identify({ em: forkEm(), accessTokens }, token);
  } catch (error) {
    if (error instanceof InvalidAccessToken) throw unauthenticated();
    throw error;
  }
}

const identities = new WeakMap<IncomingMessage, Identity>();

/** Whom a request, or the socket that it opened, was found to speak for. */
export const identityOf = (request: IncomingMessage): Identity => identities.get(request) ?? null;

/** Remembers it for {@link identityOf}. */
export const setIdentity = (request: IncomingMessage, identity: Identity): void => {
  identities.set(request, identity);
};

/** Finds out who is asking before a byte of the body is read; a stranger's multipart body is never read. */
export function useIdentity(deps: IdentityDeps): Plugin<object, { req: IncomingMessage }> {
  return {
    async onRequestParse({ serverContext: { req } }) {
      const identity = await identifyBearer(deps, req.headers.authorization);
      const multipart = req.headers['content-type']?.toLowerCase().startsWith('multipart/');
      if (multipart && identity === null) throw unauthenticated();
      setIdentity(req, identity);
    },
  };
}

/** Ends the whole request: a client whose token has expired must not take an answer for strangers as its own. */
function unauthenticated(): GraphQLError {
  return new GraphQLError('This needs a valid access token. Log in, or refresh the session.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: { 'www-authenticate': 'Bearer' } } },
  });
}
