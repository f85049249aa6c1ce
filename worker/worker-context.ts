import type { Env } from '../src/env.ts';
import type { SharedLock } from '../src/platform/concurrency/shared-lock.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import type { Storage } from '../src/platform/storage/storage.ts';
import type { ProcessingDeps } from '../src/videos/processing/claim-video.ts';
import type { VideoJobs } from '../src/videos/processing/video.jobs.ts';
import type { Sandbox } from './ffmpeg/sandbox.ts';
import type { WorkerMetrics } from './observability/worker-metrics.ts';
import type { Bumpers } from './steps/bumper-cache.ts';

/** The dependencies of a job. */
export interface WorkerContext extends ProcessingDeps {
  storage: Storage;
  jobs: VideoJobs;
  bumpers: () => Promise<Bumpers>;
  sandbox: Sandbox;
  settings: Pick<Env, 'media' | 'processing'> & Pick<Env['worker'], 'renderTimeoutSeconds'>;
  tempDir: string;
  metrics: WorkerMetrics;
  /** Runs a poison suspect without other jobs in this process. */
  lock: SharedLock;
  logger: Logger;
  /** Aborts when this process begins to stop: jobs that have not started are left to other workers. */
  draining: AbortSignal;
  /** Aborts when this process must end now: jobs under way are requeued. */
  stopping: AbortSignal;
}
