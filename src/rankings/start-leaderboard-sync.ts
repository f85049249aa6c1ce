import { type PeriodicTask, startPeriodicTask } from '../platform/concurrency/periodic-task.ts';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { findMismatch } from './find-mismatch.ts';
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
 * Starts the periodic sync, which builds a missing leaderboard, and rebuilds a leaderboard whose totals
 * differ from the scores. Work that fails while the leaderboard is unavailable is retried by a later run.
 */
export function startLeaderboardSync(deps: LeaderboardSyncDeps & { logger: Logger }): LeaderboardSync {
  const { logger } = deps;
  const runner = new SyncRunner(deps);
  const tasks: PeriodicTask[] = [
    startPeriodicTask('leaderboard sync', SYNC_SECONDS, () => runner.sync(), logger),
    startPeriodicTask('leaderboard comparison', COMPARE_SECONDS, () => runner.compare(), logger),
  ];
  return {
    trigger: () => runner.trigger(),
    async stop() {
      await Promise.all(tasks.map(task => task.stop()));
      await runner.waitForSync();
    },
  };
}

/** Runs one sync at a time, and rebuilds the leaderboard when that is necessary. */
class SyncRunner {
  readonly #deps: LeaderboardSyncDeps & { logger: Logger };
  #running: Promise<void> | undefined;
  #isTriggered = false;
  #isUnavailable = false;

  constructor(deps: LeaderboardSyncDeps & { logger: Logger }) {
    this.#deps = deps;
  }

  trigger(): void {
    const { logger } = this.#deps;
    this.#isTriggered = true;
    this.sync().catch(error => logger.error({ err: error }, 'leaderboard sync failed'));
  }

  /** Starts a sync, or joins the running one. */
  sync(): Promise<void> {
    this.#running ??= this.#syncWhileTriggered().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async waitForSync(): Promise<void> {
    await this.#running;
  }

  /** Rebuilds the leaderboard when its totals differ from the scores. */
  compare(): Promise<void> {
    return this.#rebuildIfMissing(async () => {
      const mismatch = await findMismatch(this.#deps);
      if (mismatch !== null) await this.#rebuild(mismatch);
    });
  }

  async #syncWhileTriggered(): Promise<void> {
    const { leaderboard } = this.#deps;
    do {
      this.#isTriggered = false;
      await this.#rebuildIfMissing(async () => {
        // Runs without dirty scores too, as Redis may have lost the leaderboard or its latest writes.
        await leaderboard.check();
        await syncLeaderboard(this.#deps);
      });
    } while (this.#isTriggered);
  }

  async #rebuildIfMissing(work: () => Promise<void>): Promise<void> {
    try {
      await work().catch(error => {
        if (!(error instanceof LeaderboardNotBuilt)) throw error;
        return this.#rebuild(error.message);
      });
      this.#isUnavailable = false;
    } catch (error) {
      if (!(error instanceof LeaderboardUnavailable)) throw error;
      if (!this.#isUnavailable) this.#deps.logger.warn({ err: error }, 'leaderboard unavailable');
      this.#isUnavailable = true;
    }
  }

  async #rebuild(reason: string): Promise<void> {
    const players = await rebuildLeaderboard(this.#deps);
    if (players !== null) this.#deps.logger.info({ players, reason }, 'leaderboard rebuilt');
  }
}
