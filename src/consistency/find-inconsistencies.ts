import { findBoardErrors } from '../rankings/find-board-errors.ts';
import { rebuildRankings } from '../rankings/project-rankings.ts';
import { findOrphans, removeOrphan } from '../videos/files/sweep-files.ts';
import { findMiscounts, recount } from '../votes/recount-votes.ts';
import type { Difference, UpkeepDeps } from './inconsistency.ts';
import { findLostFiles } from './lost-files.ts';
import { findStuckVideos } from './stuck-videos.ts';

/**
 * Everything in which rows, files, counters, boards and the queue differ, one by one and safe beside a running system.
 * What is mended before the next one is asked for is not found again as the consequence of another.
 *
 * @throws {LeaderboardAway}
 */
export async function* findDifferences(deps: UpkeepDeps): AsyncGenerator<Difference> {
  yield* findLostFiles(deps);
  yield* findFilesWithoutRow(deps);
  yield* findStuckVideos(deps);
  // Counters before the boards that are made of them, videos before the tallies that are their sums.
  yield* findWrongCounters(deps, 'video');
  yield* findWrongCounters(deps, 'tally');
  yield* findWrongBoards(deps);
}

async function* findFilesWithoutRow({ forkEm, storage }: UpkeepDeps): AsyncGenerator<Difference> {
  for await (const file of findOrphans(forkEm(), storage)) {
    yield {
      what: `No row names the file ${file.key}`,
      remedy: 'delete it',
      mend: async () => void (await removeOrphan(forkEm(), storage, file)),
    };
  }
}

async function* findWrongCounters(
  { forkEm }: UpkeepDeps,
  kind: 'video' | 'tally',
): AsyncGenerator<Difference> {
  for (const miscount of await findMiscounts(forkEm())) {
    const { what, id, shown, counted } = miscount;
    if (what !== kind) continue;
    const owner = what === 'video' ? `Video ${id}` : `Player ${id}`;
    const problem = shown === counted ? 'another time or number of videos than' : `${shown} votes, not`;
    yield {
      what: `${owner} is counted with ${problem} the ${counted} that the votes give`,
      remedy: 'count anew',
      mend: () => recount(forkEm(), miscount),
    };
  }
}

async function* findWrongBoards(deps: UpkeepDeps): AsyncGenerator<Difference> {
  const [first, ...others] = await findBoardErrors(deps);
  if (first === undefined) return;
  yield {
    what: `The rankings differ from the counters: ${first}${others.length > 0 ? `; and ${others.length} more` : ''}`,
    remedy: 'make the boards anew',
    mend: async () => void (await rebuildRankings(deps)),
  };
}
