import type { SharedLock } from '../src/platform/concurrency/shared-lock.ts';
import type { Env } from '../src/platform/config/env.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import type { Storage } from '../src/platform/storage/storage.ts';
import type { ProcessingDeps } from '../src/videos/processing/record-processing.ts';
import type { VideoJobs } from '../src/videos/processing/video.jobs.ts';
import type { Sandbox } from './ffmpeg/sandbox.ts';
import type { WorkerMetrics } from './observability/worker-metrics.ts';
import type { Bumpers } from './steps/bumpers.ts';

/** The world of a job. */
export interface WorkerContext extends ProcessingDeps {
  storage: Storage;
  jobs: VideoJobs;
  bumpers: () => Promise<Bumpers>;
  sandbox: Sandbox;
  settings: Pick<Env, 'media' | 'processing'> & Pick<Env['worker'], 'renderTimeoutSeconds'>;
  tempDir: string;
  metrics: WorkerMetrics;
  /** Where the jobs of this process run. */
  lock: SharedLock;
  logger: Logger;
  /** Aborts when this process is to end: what has not begun is left to others. */
  draining: AbortSignal;
  /** Aborts when this process must end now: work under way is given back. */
  stopping: AbortSignal;
}
