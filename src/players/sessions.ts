import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { EntityManager } from '../platform/database/database.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AuthSettings } from './auth-settings.ts';
import { Player } from './player.entity.ts';
import { SessionExpired } from './players.errors.ts';

export interface SessionDeps {
  em: EntityManager;
  accessTokens: AccessTokens;
  auth: Pick<AuthSettings, 'refreshTokenSeconds'>;
}

/** A session's player and tokens: an access token, and a refresh token that can be exchanged once. */
export interface OpenSession {
  player: Player;
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
}

/** Starts a family of refresh tokens, in the caller's transaction if `em` has one. */
export async function openSession(deps: SessionDeps, player: Player): Promise<OpenSession> {
  const secret = generateSecret();
  const [row] = await deps.em.execute<{ id: string }[]>(
    `insert into sessions (player_id, token_hash, expires_at)
     values (?, ?, now() + make_interval(secs => ?)) returning id`,
    [player.id, hashSecret(secret), deps.auth.refreshTokenSeconds],
  );
  if (row === undefined) throw new Error('PostgreSQL inserted a session and returned no row');
  return issueTokens(deps, { sessionId: row.id, secret, player });
}

/**
 * Exchanges a refresh token for the next one of its family. Of two concurrent exchanges one succeeds. A
 * reused token may be stolen, so reuse ends the session (RFC 9700 §4.14.2).
 *
 * @throws {SessionExpired}
 */
export async function refreshSession(deps: SessionDeps, refreshToken: string): Promise<OpenSession> {
  const current = parseRefreshToken(refreshToken);
  if (current === null) throw new SessionExpired();
  const secret = generateSecret();
  const [row] = await deps.em.execute<{ player_id: string }[]>(
    `update sessions set token_hash = ?, expires_at = now() + make_interval(secs => ?)
     where id = ? and token_hash = ? and revoked_at is null and expires_at > now() returning player_id`,
    [hashSecret(secret), deps.auth.refreshTokenSeconds, current.sessionId, hashSecret(current.secret)],
  );
  if (row === undefined) {
    await endSession(deps.em, current.sessionId);
    throw new SessionExpired();
  }
  const player = await deps.em.findOneOrFail(Player, row.player_id);
  return issueTokens(deps, { sessionId: current.sessionId, secret, player });
}

/** Ends the session of a refresh token, used or not; returns whether the session was open. */
export async function logOut({ em }: Pick<SessionDeps, 'em'>, refreshToken: string): Promise<boolean> {
  const parsed = parseRefreshToken(refreshToken);
  return parsed !== null && (await endSession(em, parsed.sessionId));
}

/** Deletes sessions that expired more than a day ago; returns their number. */
export async function deleteExpiredSessions(em: EntityManager): Promise<number> {
  const { affectedRows } = await em.execute<{ affectedRows: number }>(
    `delete from sessions where expires_at < now() - interval '1 day'`,
    [],
    'run',
  );
  return affectedRows;
}

async function endSession(em: EntityManager, sessionId: string): Promise<boolean> {
  const rows = await em.execute(
    'update sessions set revoked_at = now() where id = ? and revoked_at is null and expires_at > now() returning id',
    [sessionId],
  );
  return rows.length > 0;
}

async function issueTokens(
  { accessTokens }: SessionDeps,
  { sessionId, secret, player }: { sessionId: string; secret: string; player: Player },
): Promise<OpenSession> {
  return {
    player,
    accessToken: await accessTokens.issue({ playerId: player.id, sessionId }),
    expiresInSeconds: accessTokens.lifetimeSeconds,
    refreshToken: `${sessionId}.${secret}`,
  };
}

const REFRESH_TOKEN = z.tuple([z.uuid(), z.string().regex(/^[\w-]{43}$/)]);

function parseRefreshToken(refreshToken: string): { sessionId: string; secret: string } | null {
  const { success, data } = REFRESH_TOKEN.safeParse(refreshToken.split('.', 3));
  return success ? { sessionId: data[0], secret: data[1] } : null;
}

function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns a plain SHA-256, which is enough for a secret of 256 random bits. */
function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
