import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import type { JobType } from './job-queue.ts';

/** A worker that dies without a word is noticed after this and one check: its jobs run again elsewhere. */
const LOCK_MILLISECONDS = 8000;
const STALLED_CHECK_MILLISECONDS = 4000;
/** What is not told runs again elsewhere, and finds that it is done. */
const FAREWELL_MILLISECONDS = 1000;

/** The taking end of a queue. */
export interface JobWorker {
  /** From now on jobs are taken. */
  start(): void;
  /** Jobs that run right now in this process. */
  readonly running: number;
  /** Takes no more jobs and resolves when those under way have ended, whether or not Redis can be told. */
  close(): Promise<void>;
}

/**
 * Runs `run` for each job of a queue, `concurrency` at once, from its start until it is closed. A run that throws is
 * logged and its job dropped: who offers jobs again is the reconciler, which reads the truth from the database.
 */
export function createJobWorker<Payload>(
  type: JobType<Payload>,
  options: { connection: Redis; concurrency: number; logger: Logger },
  run: (payload: Payload) => Promise<void>,
): JobWorker {
  const running = new Set<Promise<void>>();
  const worker = new Worker(
    type.queue,
    async job => {
      const underWay = run(type.payload.parse(job.data));
      running.add(underWay);
      await underWay.finally(() => running.delete(underWay));
    },
    {
      connection: options.connection,
      concurrency: options.concurrency,
      lockDuration: LOCK_MILLISECONDS,
      stalledInterval: STALLED_CHECK_MILLISECONDS,
      autorun: false,
    },
  );
  worker.on('failed', (job, error) => options.logger.error({ err: error, job: job?.data }, 'job failed'));
  // The connection logs its own outages; this is the rest, such as a lost lock.
  const noteError = (error: unknown) =>
    options.logger.debug({ err: error, queue: type.queue }, 'worker error');
  worker.on('error', noteError);
  return {
    start: () => void worker.run().catch(noteError),
    get running() {
      return running.size;
    },
    async close() {
      // Never comes back while Redis is away.
      const told = worker
        .close()
        .catch(error => options.logger.warn({ err: error, queue: type.queue }, 'the queue was not told'));
      do {
        while (running.size > 0) await Promise.allSettled(running);
        const { promise: silence, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, FAREWELL_MILLISECONDS);
        await Promise.race([told, silence]);
        clearTimeout(timer);
        // One was still on its way from Redis.
      } while (running.size > 0);
    },
  };
}
