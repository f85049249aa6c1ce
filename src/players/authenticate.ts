import type { EntityManager } from '../platform/database/database.ts';
import { type AccessTokens, InvalidAccessToken, type TokenClaims } from './access-tokens.ts';
import type { Role } from './player.entity.ts';

/**
 * Returns the claims of an access token with the player's current role. Costs one query, so that a log-out or
 * a change of role takes effect immediately.
 *
 * @throws {InvalidAccessToken} also when the session has ended or the player no longer exists.
 */
export async function authenticate(
  { em, accessTokens }: { em: EntityManager; accessTokens: AccessTokens },
  accessToken: string,
): Promise<TokenClaims & { role: Role }> {
  const claims = await accessTokens.verify(accessToken);
  const [row] = await em.execute<{ role: Role }[]>(
    `select role from sessions join players on players.id = sessions.player_id
      where sessions.id = ? and players.id = ? and revoked_at is null and expires_at > now()`,
    [claims.sessionId, claims.playerId],
  );
  if (row === undefined) throw new InvalidAccessToken('INVALID');
  return { ...claims, role: row.role };
}

/** Returns the valid sessions among `sessionIds`, each with its player's current role. */
export async function findOpenSessions(
  em: EntityManager,
  sessionIds: Iterable<string>,
): Promise<Map<string, Role>> {
  const rows = await em.execute<{ id: string; role: Role }[]>(
    `select sessions.id, role
       from jsonb_array_elements_text(?::jsonb) as requested (id)
       join sessions on sessions.id = requested.id::uuid join players on players.id = sessions.player_id
      where revoked_at is null and expires_at > now()`,
    [JSON.stringify([...sessionIds])],
  );
  return new Map(rows.map(({ id, role }) => [id, role]));
}
