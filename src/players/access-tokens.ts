import { hkdfSync } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const ALGORITHM = 'HS256';
/** RFC 9068 §2.1: no other kind of token can pass for an access token. */
const TYPE = 'at+jwt';
const ISSUER = 'anb-rising-stars';
const AUDIENCE = 'anb-rising-stars/api';

const CLAIMS = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

/** Whom an access token speaks for, until when. */
export interface Identity {
  playerId: string;
  sessionId: string;
  expiresAt: Date;
}

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  issue(identity: Omit<Identity, 'expiresAt'>): Promise<string>;
  /** @throws {InvalidAccessToken} for anything but an unexpired token that was issued under the same secret. */
  verify(token: string): Promise<Identity>;
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

/** JSON Web Tokens (RFC 7519), HS256 under a key of their own, derived from `secret` by HKDF (RFC 5869). */
export function createAccessTokens(
  { secret, accessTokenSeconds }: { secret: string; accessTokenSeconds: number },
  now: () => Date = () => new Date(),
): AccessTokens {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'anb-rising-stars/access-tokens/v1', 32));

  return {
    lifetimeSeconds: accessTokenSeconds,

    issue({ playerId, sessionId }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(playerId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(key);
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
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
