import { findLeaderboardErrors } from '../rankings/find-leaderboard-errors.ts';
import { rebuildLeaderboard } from '../rankings/sync-leaderboard.ts';
import { findOrphans, removeOrphan } from '../videos/files/sweep-files.ts';
import {
  type CounterMismatch,
  findCounterMismatches,
  repairCounter,
} from '../votes/find-counter-mismatches.ts';
import { findLostFiles } from './find-lost-files.ts';
import { findStuckVideos } from './find-stuck-videos.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';

/**
 * Yields all differences between rows, files, counters, leaderboard and queue. The system may run meanwhile.
 * A caller that repairs each difference before the next does not receive its consequences as further ones.
 *
 * @throws {LeaderboardUnavailable}
 */
export async function* findInconsistencies(deps: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  yield* findLostFiles(deps);
  yield* findFilesWithoutRow(deps);
  yield* findStuckVideos(deps);
  // The order is that of derivation: scores are sums over videos, and the leaderboard shows the scores.
  yield* findWrongCounters(deps, 'video');
  yield* findWrongCounters(deps, 'score');
  yield* findWrongLeaderboard(deps);
}

async function* findFilesWithoutRow({ forkEm, storage }: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  for await (const file of findOrphans({ em: forkEm(), storage })) {
    yield {
      problem: `The file ${file.key} belongs to no row`,
      resolution: 'delete the file',
      repair: async () => void (await removeOrphan({ em: forkEm(), storage }, file)),
    };
  }
}

async function* findWrongCounters(
  { forkEm }: ConsistencyDeps,
  kind: CounterMismatch['kind'],
): AsyncGenerator<Inconsistency> {
  for (const mismatch of await findCounterMismatches(forkEm())) {
    if (mismatch.kind !== kind) continue;
    yield {
      problem: describeMismatch(mismatch),
      resolution: 'recount the votes',
      repair: () => repairCounter(forkEm(), mismatch),
    };
  }
}

function describeMismatch({ kind, id, stored, counted }: CounterMismatch): string {
  const owner = kind === 'video' ? `Video ${id}` : `Player ${id}`;
  if (stored !== counted) return `${owner} has a counter of ${stored} votes instead of ${counted}`;
  return `${owner} has a score of ${counted} votes with a wrong time or number of videos`;
}

async function* findWrongLeaderboard(deps: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  const [first, ...others] = await findLeaderboardErrors(deps);
  if (first === undefined) return;
  yield {
    problem: `The leaderboard differs from the scores: ${first}${others.length > 0 ? `; and ${others.length} more` : ''}`,
    resolution: 'rebuild the leaderboard',
    repair: async () => void (await rebuildLeaderboard(deps)),
  };
}
