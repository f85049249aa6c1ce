import type { EntityManager } from '../platform/database.ts';
import { Player } from './player.entity.ts';

/** The players with these ids, in their order; null where there is none. One query. */
export async function findPlayersByIds(
  em: EntityManager,
  ids: readonly string[],
): Promise<(Player | null)[]> {
  const players = await em.find(Player, { id: { $in: [...ids] } });
  const byId = new Map(players.map(player => [player.id, player]));
  return ids.map(id => byId.get(id) ?? null);
}
