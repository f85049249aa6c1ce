import { createBatcher } from '../platform/concurrency/batcher.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { findPlayersByIds, type PublicPlayer } from './find-players.ts';

const MOST_LISTS = 200;

/** The players with these ids, in their order; null where there is none. */
export type PlayerReader = (ids: readonly string[]) => Promise<readonly (PublicPlayer | null)[]>;

/**
 * Reads players for all operations of the process together: what is asked for while one query is under way makes up the
 * next, so that a page that many people look at costs one query, not one for each. Nothing is kept: every query begins
 * after all that it answers were asked.
 */
export function createPlayerReader(forkEm: () => EntityManager): PlayerReader {
  const reads = createBatcher<readonly string[], readonly (PublicPlayer | null)[]>({
    maxItems: MOST_LISTS,
    gatherMilliseconds: 0,
    isItemsFault: () => false,
    async write(lists) {
      const ids = [...new Set(lists.flat())];
      const players = await findPlayersByIds(forkEm(), ids);
      const byId = new Map(players.map((player, at) => [ids[at], player]));
      return lists.map(list => list.map(id => byId.get(id) ?? null));
    },
  });
  return ids => reads.add(ids);
}
