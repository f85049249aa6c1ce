import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { withTimeout } from '../concurrency/with-timeout.ts';
import type { Logger } from '../observability/logger.ts';
import type { JobType } from './job-queue.ts';

/** A crashed worker is detected after this time and one check. Its jobs then run on another worker. */
const LOCK_MILLISECONDS = 8000;
const STALLED_CHECK_MILLISECONDS = 4000;
/** Maximum wait for BullMQ to close. An unacknowledged job runs again; the claim then finds it finished. */
const CLOSE_MILLISECONDS = 1000;

/** The consumer's end of a queue. */
export interface JobWorker {
  /** Starts to take jobs. */
  start(): void;
  /** The number of jobs that run in this process. */
  readonly running: number;
  /** Takes no more jobs and resolves when the running jobs have ended, also while Redis is unavailable. */
  close(): Promise<void>;
}

/**
 * Creates a worker that calls `run` for each job of a queue, up to `concurrency` jobs concurrently. An error
 * of `run` is logged and its job is dropped. The reconciler enqueues jobs again from the state in the
 * database.
 */
export function createJobWorker<Payload>(
  type: JobType<Payload>,
  options: { connection: Redis; concurrency: number; logger: Logger },
  run: (payload: Payload) => Promise<void>,
): JobWorker {
  const { connection, concurrency, logger } = options;
  const running = new Set<Promise<void>>();
  const worker = new Worker(
    type.queue,
    async job => {
      const jobRun = run(type.payload.parse(job.data));
      running.add(jobRun);
      await jobRun.finally(() => running.delete(jobRun));
    },
    {
      connection,
      concurrency,
      lockDuration: LOCK_MILLISECONDS,
      stalledInterval: STALLED_CHECK_MILLISECONDS,
      autorun: false,
    },
  );
  worker.on('failed', (job, error) => logger.error({ err: error, job: job?.data }, 'job failed'));
  // The connection logs its own outages; other errors, such as a lost lock, are logged here.
  const logError = (error: unknown) => logger.debug({ err: error, queue: type.queue }, 'worker error');
  worker.on('error', logError);
  return {
    start: () => void worker.run().catch(logError),
    get running() {
      return running.size;
    },
    async close() {
      // This promise does not resolve while Redis is unavailable.
      const closed = worker
        .close()
        .catch(error => logger.warn({ err: error, queue: type.queue }, 'queue close failed'));
      do {
        while (running.size > 0) await Promise.allSettled(running);
        await withTimeout(closed, CLOSE_MILLISECONDS).catch(() => undefined);
        // A job may have arrived from Redis in the meantime.
      } while (running.size > 0);
    },
  };
}
