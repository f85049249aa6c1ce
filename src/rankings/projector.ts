import { LeaderboardAway } from '../platform/leaderboard.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { EVERYBODY } from './boards.ts';
import { countRanked } from './find-rankings.ts';
import { type ProjectionDeps, projectRankings, rebuildRankings } from './project-rankings.ts';

/** Finds what other processes have marked; this one's own votes are projected at once. */
const PAUSE_SECONDS = 0.5;
const COMPARE_SECONDS = 60;

/** Keeps the boards in step with the tallies for as long as the process runs. */
export interface Projector {
  /** Projects now, or right after the projection under way. */
  kick(): void;
  stop(): Promise<void>;
}

/** Also builds the boards when there are none, and anew when they hold another number of players than the tallies. */
export function startProjector(deps: ProjectionDeps & { logger: Logger }): Projector {
  const { logger } = deps;
  let running: Promise<void> | undefined;
  let again = false;

  const project = async (): Promise<void> => {
    do {
      again = false;
      try {
        await projectRankings(deps);
      } catch (error) {
        if (!(error instanceof LeaderboardAway)) throw error;
        await rebuild(error.message);
      }
    } while (again);
  };

  /** Redis may be away, then this fails too: the loop tries again. */
  const rebuild = async (why: string): Promise<void> => {
    try {
      const players = await rebuildRankings(deps);
      if (players !== null) logger.info({ players, why }, 'leaderboard rebuilt');
    } catch (error) {
      if (!(error instanceof LeaderboardAway)) throw error;
      logger.debug({ err: error }, 'leaderboard not rebuilt');
    }
  };

  const once = (): Promise<void> => {
    running ??= project().finally(() => {
      running = undefined;
    });
    return running;
  };

  const loops: Loop[] = [
    startLoop('project rankings', PAUSE_SECONDS, once, logger),
    startLoop('compare rankings', COMPARE_SECONDS, () => compare(deps, rebuild), logger),
  ];
  return {
    kick() {
      again = true;
      once().catch(error => logger.error({ err: error }, 'rankings not projected'));
    },
    async stop() {
      await Promise.all(loops.map(loop => loop.stop()));
      await running;
    },
  };
}

async function compare(deps: ProjectionDeps, rebuild: (why: string) => Promise<void>): Promise<void> {
  const em = deps.forkEm();
  const [truth] = await em.execute<{ players: number; dirty: boolean }[]>(
    `select count(*)::int as players, coalesce(bool_or(dirty), false) as dirty from tallies where published_videos > 0`,
  );
  const shown = await countRanked({ em, leaderboard: deps.leaderboard }, EVERYBODY);
  // While something is marked the two may differ; the next comparison will tell.
  if (truth && !truth.dirty && truth.players !== shown) {
    await rebuild(`the boards hold ${shown} players, the tallies ${truth.players}`);
  }
}
