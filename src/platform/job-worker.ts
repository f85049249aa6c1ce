import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { JobType } from './jobs.ts';
import type { Logger } from './logger.ts';

/** A worker that dies without a word is noticed after this and one check: its jobs run again elsewhere. */
const LOCK_MILLISECONDS = 8000;
const STALLED_CHECK_MILLISECONDS = 4000;

/** The taking end of a queue. */
export interface JobWorker {
  /** Jobs that run right now in this process. */
  readonly running: number;
  /** Takes no more jobs and resolves when those under way have ended; for ever while Redis is away. */
  close(): Promise<void>;
}

/**
 * Runs `run` for each job of a queue, `concurrency` at once, until closed. A run that throws is logged and its job
 * dropped: who offers jobs again is the reconciler, which reads the truth from the database.
 */
export function startJobWorker<Payload>(
  type: JobType<Payload>,
  options: { connection: Redis; concurrency: number; logger: Logger },
  run: (payload: Payload) => Promise<void>,
): JobWorker {
  let running = 0;
  const worker = new Worker(
    type.queue,
    async job => {
      running++;
      try {
        await run(type.payload.parse(job.data));
      } finally {
        running--;
      }
    },
    {
      connection: options.connection,
      concurrency: options.concurrency,
      lockDuration: LOCK_MILLISECONDS,
      stalledInterval: STALLED_CHECK_MILLISECONDS,
    },
  );
  worker.on('failed', (job, error) => options.logger.error({ err: error, job: job?.data }, 'job failed'));
  // The connection logs its own outages; this is the rest, such as a lost lock.
  worker.on('error', error => options.logger.debug({ err: error, queue: type.queue }, 'worker error'));
  return {
    get running() {
      return running;
    },
    close: () => worker.close(),
  };
}
