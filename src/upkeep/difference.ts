import type { EntityManager } from '../platform/database.ts';
import type { EventBus } from '../platform/events.ts';
import type { Leaderboard } from '../platform/leaderboard.ts';
import type { Storage } from '../platform/storage.ts';
import type { VideoJobs } from '../videos/video.jobs.ts';

export interface UpkeepDeps {
  /** A manager of its own each time. */
  forkEm: () => EntityManager;
  storage: Storage;
  jobs: VideoJobs;
  events: EventBus;
  leaderboard: Leaderboard;
  /** As for a worker's claim. */
  maxWorkerDeaths: number;
}

/** Two things that should agree and don't. */
export interface Difference {
  /** In a sentence. */
  what: string;
  /** What mends it. */
  remedy: string;
  /** Does that; absent where only people can. */
  mend?: () => Promise<void>;
}
