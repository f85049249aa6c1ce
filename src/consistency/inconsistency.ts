import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import type { Storage } from '../platform/storage/storage.ts';
import type { VideoJobs } from '../videos/processing/video.jobs.ts';

export interface ConsistencyDeps {
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
export interface Inconsistency {
  /** In a sentence. */
  what: string;
  /** What mends it. */
  remedy: string;
  /** Does that; absent where only people can. */
  mend?: () => Promise<void>;
}
