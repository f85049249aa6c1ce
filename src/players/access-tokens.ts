import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKeys, type Secrets } from '../platform/crypto/derive-keys.ts';

const ALGORITHM = 'HS256';
/** RFC 9068 §2.1: no other kind of token can pass for an access token. */
const TYPE = 'at+jwt';
const ISSUER = 'anb-rising-stars';
const AUDIENCE = 'anb-rising-stars/api';

const CLAIMS = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

/** Whom an access token speaks for, until when. */
export interface TokenClaims {
  playerId: string;
  sessionId: string;
  expiresAt: Date;
}

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  issue(identity: Omit<TokenClaims, 'expiresAt'>): Promise<string>;
  /** @throws {InvalidAccessToken} for anything but an unexpired token that was issued under one of the secrets. */
  verify(token: string): Promise<TokenClaims>;
}

/** The token is forged, malformed, not an access token of ours, or has expired. */
export class InvalidAccessToken extends Error {
  override name = 'InvalidAccessToken';
  readonly reason: 'EXPIRED' | 'INVALID';

  constructor(reason: InvalidAccessToken['reason'], options?: ErrorOptions) {
    super(`The access token is ${reason.toLowerCase()}`, options);
    this.reason = reason;
  }
}

/**
 * JSON Web Tokens (RFC 7519), HS256 under keys of their own from `secrets`. The first one signs; `kid` says which one did
 * (RFC 7515 §4.1.4), so that a secret can be replaced while tokens of the old one live on.
 */
export function createAccessTokens(
  { secrets, accessTokenSeconds }: { secrets: Secrets; accessTokenSeconds: number },
  now: () => Date = () => new Date(),
): AccessTokens {
  const keys = deriveKeys(secrets, 'anb-rising-stars/access-tokens/v1');
  const [signing] = keys;
  const keyOf = ({ kid }: JWTHeaderParameters) => {
    const found = keys.find(({ id }) => id === kid);
    if (found === undefined) throw new errors.JWSInvalid('The key is unknown');
    return found.key;
  };

  return {
    lifetimeSeconds: accessTokenSeconds,

    issue({ playerId, sessionId }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signing.id })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(playerId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(signing.key);
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          currentDate: now(),
        });
        const { sub, sid, exp } = CLAIMS.parse(payload);
        return { playerId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
      } catch (error) {
        const reason = error instanceof errors.JWTExpired ? 'EXPIRED' : 'INVALID';
        throw new InvalidAccessToken(reason, { cause: error });
      }
    },
  };
}
