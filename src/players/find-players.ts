import type { EntityManager } from '../platform/database/database.ts';
import { Player } from './player.entity.ts';

/** The public fields of a player. */
export type PublicPlayer = Pick<Player, 'id' | 'username' | 'firstName' | 'lastName' | 'city' | 'country'>;

const PUBLIC_COLUMNS = 'id, username, first_name as "firstName", last_name as "lastName", city, country';

/** Returns the player with this id; null when there is none. */
export async function findPlayer(em: EntityManager, id: string): Promise<Player | null> {
  return em.findOne(Player, id);
}

/** Returns whether the player with this id exists and is a moderator. Costs one query. */
export async function isModerator(em: EntityManager, id: string): Promise<boolean> {
  return (await em.count(Player, { id, role: 'MODERATOR' })) === 1;
}

/** Returns the player with this username, ignoring case; null when there is none. */
export async function findPlayerByUsername(em: EntityManager, input: string): Promise<PublicPlayer | null> {
  const username = input.toLowerCase();
  // PostgreSQL rejects NUL characters in text.
  if (username.includes('\0')) return null;
  const [player] = await em.execute<PublicPlayer[]>(
    `select ${PUBLIC_COLUMNS} from players where username = ?`,
    [username],
  );
  return player ?? null;
}

/**
 * Returns the players with these ids, in the same order; null for an unknown id. Costs one query. Returns
 * plain rows: every name in every list is read here, and an entity costs several times as much.
 */
export async function findPlayersByIds(
  em: EntityManager,
  ids: readonly string[],
): Promise<(PublicPlayer | null)[]> {
  const players = await em.execute<PublicPlayer[]>(
    `select ${PUBLIC_COLUMNS}
       from players where id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id))`,
    [JSON.stringify(ids)],
  );
  const byId = new Map(players.map(player => [player.id, player]));
  return ids.map(id => byId.get(id) ?? null);
}
