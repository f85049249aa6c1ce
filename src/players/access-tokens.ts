import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKeys, type Secrets } from '../platform/crypto/derive-keys.ts';

const ALGORITHM = 'HS256';
/** The `typ` header of RFC 9068 §2.1, which keeps other kinds of token from passing as an access token. */
const TYPE = 'at+jwt';
const ISSUER = 'anb-rising-stars';
const AUDIENCE = 'anb-rising-stars/api';

const CLAIMS = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

/** The player and session that an access token names, with its expiry. */
export interface TokenClaims {
  playerId: string;
  sessionId: string;
  expiresAt: Date;
}

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  issue(claims: Omit<TokenClaims, 'expiresAt'>): Promise<string>;
  /** @throws {InvalidAccessToken} unless the token is unexpired and was issued under one of the secrets. */
  verify(token: string): Promise<TokenClaims>;
}

/** The token is forged, malformed, expired, or not an access token of this API. */
export class InvalidAccessToken extends Error {
  override name = 'InvalidAccessToken';
  readonly reason: 'EXPIRED' | 'INVALID';

  constructor(reason: InvalidAccessToken['reason'], options?: ErrorOptions) {
    super(`The access token is ${reason.toLowerCase()}`, options);
    this.reason = reason;
  }
}

/**
 * Creates the issuer and verifier of JSON Web Tokens (RFC 7519), signed with HS256. The keys are derived from
 * `secrets`; the first key signs. The `kid` header names the signing key (RFC 7515 §4.1.4). Tokens of a
 * replaced secret therefore stay valid until they expire.
 */
export function createAccessTokens(
  { secrets, accessTokenSeconds }: { secrets: Secrets; accessTokenSeconds: number },
  now: () => Date = () => new Date(),
): AccessTokens {
  const keys = deriveKeys(secrets, 'anb-rising-stars/access-tokens/v1');
  const [signingKey] = keys;
  const findKey = ({ kid }: JWTHeaderParameters) => {
    const found = keys.find(({ id }) => id === kid);
    if (found === undefined) throw new errors.JWSInvalid('The key is unknown');
    return found.key;
  };

  return {
    lifetimeSeconds: accessTokenSeconds,

    issue({ playerId, sessionId }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signingKey.id })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(playerId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(signingKey.key);
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, findKey, {
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
