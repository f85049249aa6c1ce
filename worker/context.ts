import type { Env } from '../src/platform/env.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { Storage } from '../src/platform/storage.ts';
import type { RecordingDeps } from '../src/videos/record-processing.ts';
import type { VideoJobs } from '../src/videos/video.jobs.ts';
import type { Bumpers } from './bumpers.ts';
import type { Sandbox } from './ffmpeg/sandbox.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Room } from './room.ts';

/** The world of a job. */
export interface WorkerContext extends RecordingDeps {
  storage: Storage;
  jobs: VideoJobs;
  bumpers: () => Promise<Bumpers>;
  sandbox: Sandbox;
  settings: Pick<Env, 'media' | 'processing'> & Pick<Env['worker'], 'renderTimeoutSeconds'>;
  tempDir: string;
  metrics: WorkerMetrics;
  /** Where the jobs of this process run. */
  room: Room;
  logger: Logger;
  /** Aborts when this process is to end: what has not begun is left to others. */
  draining: AbortSignal;
  /** Aborts when this process must end now: work under way is given back. */
  stopping: AbortSignal;
}
