import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import type { Storage } from '../platform/storage/storage.ts';
import type { VideoJobs } from '../videos/processing/video.jobs.ts';

export interface ConsistencyDeps {
  /** Returns a new entity manager on each call. */
  forkEm: () => EntityManager;
  storage: Storage;
  jobs: VideoJobs;
  events: EventBus;
  leaderboard: Leaderboard;
  /** The same limit as for a worker's claim. */
  maxWorkerDeaths: number;
}

/** A difference between two stores that should agree. */
export interface Inconsistency {
  /** The difference, as a sentence without its full stop. */
  problem: string;
  /** The action that resolves it, as an imperative. */
  resolution: string;
  /** Performs the resolution; absent when an operator must do it. */
  repair?: () => Promise<void>;
}
