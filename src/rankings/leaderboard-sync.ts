import { type PeriodicTask, startPeriodicTask } from '../platform/concurrency/periodic-task.ts';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { GLOBAL_BOARD } from './leaderboard-rows.ts';
import { type LeaderboardSyncDeps, rebuildLeaderboard, syncLeaderboard } from './sync-leaderboard.ts';

/** Finds what other processes have marked; this one's own votes are projected at once. */
const PAUSE_SECONDS = 0.5;
const COMPARE_SECONDS = 60;

/** Keeps the boards in step with the tallies for as long as the process runs. */
export interface LeaderboardSync {
  /** Projects now, or right after the projection under way. */
  trigger(): void;
  stop(): Promise<void>;
}

/** Also builds the boards when there are none, and anew when they hold other players or votes than the tallies. */
export function startLeaderboardSync(deps: LeaderboardSyncDeps & { logger: Logger }): LeaderboardSync {
  const { logger } = deps;
  let running: Promise<void> | undefined;
  let again = false;
  let away = false;

  const project = async (): Promise<void> => {
    do {
      again = false;
      await whileThere(async () => {
        // Asked also when nothing is marked: the boards, or the newest of them, may have been lost since.
        await deps.leaderboard.check();
        await syncLeaderboard(deps);
      });
    } while (again);
  };

  /** What is not done while the boards are away is done by a later run. */
  const whileThere = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work().catch(error => {
        if (!(error instanceof LeaderboardNotBuilt)) throw error;
        return rebuild(error.message);
      });
      away = false;
    } catch (error) {
      if (!(error instanceof LeaderboardUnavailable)) throw error;
      if (!away) logger.warn({ err: error }, 'leaderboard is away');
      away = true;
    }
  };

  const rebuild = async (why: string): Promise<void> => {
    const players = await rebuildLeaderboard(deps);
    if (players !== null) logger.info({ players, why }, 'leaderboard rebuilt');
  };

  const compare = async (): Promise<void> => {
    const drift = await findMismatch(deps);
    if (drift !== null) await rebuild(drift);
  };

  const once = (): Promise<void> => {
    running ??= project().finally(() => {
      running = undefined;
    });
    return running;
  };

  const loops: PeriodicTask[] = [
    startPeriodicTask('project rankings', PAUSE_SECONDS, once, logger),
    startPeriodicTask('compare rankings', COMPARE_SECONDS, () => whileThere(compare), logger),
  ];
  return {
    trigger() {
      again = true;
      once().catch(error => logger.error({ err: error }, 'rankings not projected'));
    },
    async stop() {
      await Promise.all(loops.map(loop => loop.stop()));
      await running;
    },
  };
}

/**
 * In what the boards differ from each other or from the tallies, as a sentence; null when in nothing, or in nothing but the
 * tallies while those change.
 */
export async function findMismatch(
  deps: Pick<LeaderboardSyncDeps, 'forkEm' | 'leaderboard'>,
): Promise<string | null> {
  const truth = await readScoreTotals(deps);
  const totals = await deps.leaderboard.totals();
  const all = totals.find(({ board }) => board === GLOBAL_BOARD);
  const { players, votes } = { players: all?.entries ?? 0, votes: all?.score ?? 0 };
  const cities = { players: -players, votes: -votes };
  for (const { entries, score } of totals) {
    cities.players += entries;
    cities.votes += score;
  }
  // Written in one step with the board of all: they agree also while the tallies change.
  if (cities.players !== players || cities.votes !== votes) {
    return `the cities hold ${cities.players} players and ${cities.votes} votes, not the ${players} and ${votes} of all`;
  }
  if (truth.players === players && truth.votes === votes) return null;
  if (truth.dirty || truth.version !== (await readScoreTotals(deps)).version) return null;
  return `the boards hold ${players} players and ${votes} votes, not ${truth.players} and ${truth.votes}`;
}

interface ScoreTotals {
  players: number;
  votes: number;
  dirty: boolean;
  /** Of the latest change. */
  version: string;
}

async function readScoreTotals({ forkEm }: Pick<LeaderboardSyncDeps, 'forkEm'>): Promise<ScoreTotals> {
  const [truth] = await forkEm().execute<[ScoreTotals]>(
    `select count(*) filter (where published_videos > 0)::int as players, coalesce(sum(votes), 0)::int as votes,
            coalesce(bool_or(dirty), false) as dirty, coalesce(max(version), 0)::text as version
       from tallies`,
  );
  return truth;
}
