import { findBoardErrors } from '../rankings/find-board-errors.ts';
import { rebuildLeaderboard } from '../rankings/sync-leaderboard.ts';
import { findOrphans, removeOrphan } from '../videos/files/sweep-files.ts';
import { findCounterMismatches, repairCounter } from '../votes/counter-mismatches.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';
import { findLostFiles } from './lost-files.ts';
import { findStuckVideos } from './stuck-videos.ts';

/**
 * Everything in which rows, files, counters, boards and the queue differ, one by one and safe beside a running system.
 * What is mended before the next one is asked for is not found again as the consequence of another.
 *
 * @throws {LeaderboardAway}
 */
export async function* findInconsistencies(deps: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  yield* findLostFiles(deps);
  yield* findFilesWithoutRow(deps);
  yield* findStuckVideos(deps);
  // Counters before the boards that are made of them, videos before the tallies that are their sums.
  yield* findWrongCounters(deps, 'video');
  yield* findWrongCounters(deps, 'tally');
  yield* findWrongBoards(deps);
}

async function* findFilesWithoutRow({ forkEm, storage }: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  for await (const file of findOrphans(forkEm(), storage)) {
    yield {
      what: `No row names the file ${file.key}`,
      remedy: 'delete it',
      mend: async () => void (await removeOrphan(forkEm(), storage, file)),
    };
  }
}

async function* findWrongCounters(
  { forkEm }: ConsistencyDeps,
  kind: 'video' | 'tally',
): AsyncGenerator<Inconsistency> {
  for (const miscount of await findCounterMismatches(forkEm())) {
    const { what, id, shown, counted } = miscount;
    if (what !== kind) continue;
    const owner = what === 'video' ? `Video ${id}` : `Player ${id}`;
    const problem = shown === counted ? 'another time or number of videos than' : `${shown} votes, not`;
    yield {
      what: `${owner} is counted with ${problem} the ${counted} that the votes give`,
      remedy: 'count anew',
      mend: () => repairCounter(forkEm(), miscount),
    };
  }
}

async function* findWrongBoards(deps: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  const [first, ...others] = await findBoardErrors(deps);
  if (first === undefined) return;
  yield {
    what: `The rankings differ from the counters: ${first}${others.length > 0 ? `; and ${others.length} more` : ''}`,
    remedy: 'make the boards anew',
    mend: async () => void (await rebuildLeaderboard(deps)),
  };
}
