import type { EntityManager } from '../platform/database/database.ts';
import type { Player } from './player.entity.ts';

/** What everybody may see of a player. */
export type PublicPlayer = Pick<Player, 'id' | 'username' | 'firstName' | 'lastName' | 'city' | 'country'>;

const PUBLIC_COLUMNS = 'id, username, first_name as "firstName", last_name as "lastName", city, country';

/** The player with this username, whatever its case; null when there is none. */
export async function findPlayerByUsername(em: EntityManager, given: string): Promise<PublicPlayer | null> {
  const username = given.toLowerCase();
  // PostgreSQL has no place for it in a text, and fails.
  if (username.includes('\0')) return null;
  const [player] = await em.execute<PublicPlayer[]>(
    `select ${PUBLIC_COLUMNS} from players where username = ?`,
    [username],
  );
  return player ?? null;
}

/**
 * The players with these ids, in their order; null where there is none. One query, and plain rows: every name in every
 * list comes from here, and an entity costs several times as much.
 */
export async function findPlayersByIds(
  em: EntityManager,
  ids: readonly string[],
): Promise<(PublicPlayer | null)[]> {
  const players = await em.execute<PublicPlayer[]>(
    `select ${PUBLIC_COLUMNS}
       from players where id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
    [JSON.stringify(ids)],
  );
  const byId = new Map(players.map(player => [player.id, player]));
  return ids.map(id => byId.get(id) ?? null);
}
