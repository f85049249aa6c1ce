import { type PeriodicTask, startPeriodicTask } from '../platform/concurrency/periodic-task.ts';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { GLOBAL_BOARD } from './leaderboard-rows.ts';
import { type LeaderboardSyncDeps, rebuildLeaderboard, syncLeaderboard } from './sync-leaderboard.ts';

/** The interval at which scores that other processes marked are synced. */
const SYNC_SECONDS = 0.5;
const COMPARE_SECONDS = 60;

/** Keeps the leaderboard in sync with the scores while the process runs. */
export interface LeaderboardSync {
  /** Starts a sync now, or right after the running one. */
  trigger(): void;
  stop(): Promise<void>;
}

/**
 * Starts the periodic sync. It builds a missing leaderboard, and rebuilds one whose totals differ from the
 * scores. Work that fails while the leaderboard is unavailable is retried by a later run.
 */
export function startLeaderboardSync(deps: LeaderboardSyncDeps & { logger: Logger }): LeaderboardSync {
  const { logger } = deps;
  let running: Promise<void> | undefined;
  let isTriggered = false;
  let isUnavailable = false;

  const sync = async (): Promise<void> => {
    do {
      isTriggered = false;
      await rebuildIfMissing(async () => {
        // Also without dirty scores, as Redis may have lost the leaderboard or its latest writes.
        await deps.leaderboard.check();
        await syncLeaderboard(deps);
      });
    } while (isTriggered);
  };

  const rebuildIfMissing = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work().catch(error => {
        if (!(error instanceof LeaderboardNotBuilt)) throw error;
        return rebuild(error.message);
      });
      isUnavailable = false;
    } catch (error) {
      if (!(error instanceof LeaderboardUnavailable)) throw error;
      if (!isUnavailable) logger.warn({ err: error }, 'leaderboard unavailable');
      isUnavailable = true;
    }
  };

  const rebuild = async (reason: string): Promise<void> => {
    const players = await rebuildLeaderboard(deps);
    if (players !== null) logger.info({ players, reason }, 'leaderboard rebuilt');
  };

  const compare = async (): Promise<void> => {
    const mismatch = await findMismatch(deps);
    if (mismatch !== null) await rebuild(mismatch);
  };

  const syncOnce = (): Promise<void> => {
    running ??= sync().finally(() => {
      running = undefined;
    });
    return running;
  };

  const tasks: PeriodicTask[] = [
    startPeriodicTask('leaderboard sync', SYNC_SECONDS, syncOnce, logger),
    startPeriodicTask('leaderboard comparison', COMPARE_SECONDS, () => rebuildIfMissing(compare), logger),
  ];
  return {
    trigger() {
      isTriggered = true;
      syncOnce().catch(error => logger.error({ err: error }, 'leaderboard sync failed'));
    },
    async stop() {
      await Promise.all(tasks.map(task => task.stop()));
      await running;
    },
  };
}

/**
 * Returns the difference of totals between the boards, or between them and the scores, as a sentence; null
 * without a difference. Ignores differences from scores that change during the comparison.
 */
export async function findMismatch(
  deps: Pick<LeaderboardSyncDeps, 'forkEm' | 'leaderboard'>,
): Promise<string | null> {
  const expected = await readScoreTotals(deps);
  const totals = await deps.leaderboard.totals();
  const globalTotal = totals.find(({ board }) => board === GLOBAL_BOARD);
  const { players, votes } = { players: globalTotal?.entries ?? 0, votes: globalTotal?.score ?? 0 };
  const cities = { players: -players, votes: -votes };
  for (const { entries, score } of totals) {
    cities.players += entries;
    cities.votes += score;
  }
  // City boards and the global board are written atomically, so they agree also while scores change.
  if (cities.players !== players || cities.votes !== votes) {
    return `the city boards have ${cities.players} players and ${cities.votes} votes instead of the global board's ${players} and ${votes}`;
  }
  if (expected.players === players && expected.votes === votes) return null;
  if (expected.dirty || expected.version !== (await readScoreTotals(deps)).version) return null;
  return `the leaderboard has ${players} players and ${votes} votes instead of ${expected.players} and ${expected.votes}`;
}

interface ScoreTotals {
  players: number;
  votes: number;
  dirty: boolean;
  /** The version of the latest change. */
  version: string;
}

async function readScoreTotals({ forkEm }: Pick<LeaderboardSyncDeps, 'forkEm'>): Promise<ScoreTotals> {
  const [totals] = await forkEm().execute<[ScoreTotals]>(
    `select count(*) filter (where published_videos > 0)::int as players, coalesce(sum(votes), 0)::int as votes,
            coalesce(bool_or(dirty), false) as dirty, coalesce(max(version), 0)::text as version
       from tallies`,
  );
  return totals;
}
