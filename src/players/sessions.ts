import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Env } from '../platform/config/env.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { AccessTokens } from './access-tokens.ts';
import { Player } from './player.entity.ts';
import { SessionExpired } from './players.errors.ts';

export interface SessionDeps {
  em: EntityManager;
  accessTokens: AccessTokens;
  auth: Pick<Env['auth'], 'refreshTokenSeconds'>;
}

/** What a player gets on logging in: a token to act with and one to renew it once. */
export interface OpenSession {
  player: Player;
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
}

/** Begins a family of refresh tokens. Part of the caller's transaction, if there is one. */
export async function openSession(deps: SessionDeps, player: Player): Promise<OpenSession> {
  const secret = newSecret();
  const [row] = await deps.em.execute<{ id: string }[]>(
    `insert into sessions (player_id, token_hash, expires_at)
     values (?, ?, now() + make_interval(secs => ?)) returning id`,
    [player.id, hashOf(secret), deps.auth.refreshTokenSeconds],
  );
  if (row === undefined) throw new Error('PostgreSQL inserted a session and returned no row');
  return grant(deps, { sessionId: row.id, secret, player });
}

/**
 * Exchanges a refresh token for the next of its family, once: of two at the same time one wins. A token that was
 * exchanged before is a stolen one in somebody's hands, so it ends the family (RFC 9700 §4.14.2).
 *
 * @throws {SessionExpired}
 */
export async function refreshSession(deps: SessionDeps, refreshToken: string): Promise<OpenSession> {
  const given = parse(refreshToken);
  if (given === null) throw new SessionExpired();
  const secret = newSecret();
  const [row] = await deps.em.execute<{ player_id: string }[]>(
    `update sessions set token_hash = ?, expires_at = now() + make_interval(secs => ?)
     where id = ? and token_hash = ? and revoked_at is null and expires_at > now() returning player_id`,
    [hashOf(secret), deps.auth.refreshTokenSeconds, given.sessionId, hashOf(given.secret)],
  );
  if (row === undefined) {
    await endSession(deps.em, given.sessionId);
    throw new SessionExpired();
  }
  const player = await deps.em.findOneOrFail(Player, row.player_id);
  return grant(deps, { sessionId: given.sessionId, secret, player });
}

/** Ends the session of a refresh token, also of one that was exchanged before; whether it was still open. */
export async function logOut({ em }: Pick<SessionDeps, 'em'>, refreshToken: string): Promise<boolean> {
  const given = parse(refreshToken);
  return given !== null && (await endSession(em, given.sessionId));
}

/** Removes sessions that expired more than a day ago; how many. */
export async function sweepSessions(em: EntityManager): Promise<number> {
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

async function grant(
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

function parse(refreshToken: string): { sessionId: string; secret: string } | null {
  const { success, data } = REFRESH_TOKEN.safeParse(refreshToken.split('.', 3));
  return success ? { sessionId: data[0], secret: data[1] } : null;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A plain hash is enough: the secret has 256 random bits, and nothing to guess it from. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
