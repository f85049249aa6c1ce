import { createBatcher } from '../platform/concurrency/batcher.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { findPlayersByIds, type PublicPlayer } from './find-players.ts';

const MAX_LISTS = 200;

/** Returns the players with these ids, in the same order; null for an unknown id. */
export type PlayerReader = (ids: readonly string[]) => Promise<readonly (PublicPlayer | null)[]>;

/**
 * Batches the reads of players across all operations of the process. Requests that arrive during a query
 * share the next one, so a page with many concurrent readers costs one query. There is no cache: each query
 * starts after the requests that it serves.
 */
export function createPlayerReader(forkEm: () => EntityManager): PlayerReader {
  const reads = createBatcher<readonly string[], readonly (PublicPlayer | null)[]>({
    maxItems: MAX_LISTS,
    gatherMilliseconds: 0,
    isItemError: () => false,
    async write(lists) {
      const ids = [...new Set(lists.flat())];
      const players = await findPlayersByIds(forkEm(), ids);
      const byId = new Map(players.map((player, index) => [ids[index], player]));
      return lists.map(list => list.map(id => byId.get(id) ?? null));
    },
  });
  return ids => reads.add(ids);
}
