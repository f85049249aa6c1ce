import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { inSpan } from '../observability/tracing.ts';

/** The contract of a queue's producers and consumers: its name and the payload, which both ends validate. */
export interface JobType<Payload> {
  queue: string;
  payload: z.ZodType<Payload>;
  /**
   * Returns the job id. A job with the id of a waiting or running job is ignored. Contains no ':'; is no
   * whole number.
   */
  id: (payload: Payload) => string;
}

export interface JobCounts {
  waiting: number;
  delayed: number;
  active: number;
}

/** The producer's end of a queue. Callers must close it. */
export interface JobQueue<Payload> {
  /** Adds a job; false while Redis is unavailable. Never rejects and never waits for Redis to reconnect. */
  enqueue(payload: Payload, options?: { delaySeconds?: number }): Promise<boolean>;
  /** Returns whether the job waits or runs; null while Redis is unavailable. */
  isQueued(payload: Payload): Promise<boolean | null>;
  /** Returns the number of jobs by state; null while Redis is unavailable. */
  counts(): Promise<JobCounts | null>;
  close(): Promise<void>;
}

export function openJobQueue<Payload>(
  type: JobType<Payload>,
  connection: Redis,
  logger: Logger,
): JobQueue<Payload> {
  const queue = new Queue(type.queue, { connection });
  // BullMQ repeats the errors of the connection here; the connection itself already logs them.
  queue.on('error', error => logger.debug({ err: error, queue: type.queue }, 'queue error'));
  /** Fails early: before its first connection, a queue makes its callers wait for one. */
  const requireConnection = () => {
    if (connection.status !== 'ready') throw new Error(`Redis is unavailable: ${connection.status}`);
  };
  return {
    async enqueue(payload, options = {}) {
      const job = type.payload.parse(payload);
      try {
        requireConnection();
        const settings = {
          jobId: type.id(job),
          delay: (options.delaySeconds ?? 0) * 1000,
          removeOnComplete: true,
          removeOnFail: true,
        };
        await inSpan('enqueue job', { 'messaging.destination.name': type.queue }, () =>
          queue.add(type.queue, job, settings),
        );
        return true;
      } catch (error) {
        logger.warn({ err: error, job }, 'job not enqueued, the reconciler retries');
        return false;
      }
    },

    async isQueued(payload) {
      try {
        requireConnection();
        return (await queue.getJob(type.id(payload))) !== undefined;
      } catch (error) {
        logger.debug({ err: error, queue: type.queue }, 'job lookup failed');
        return null;
      }
    },

    async counts() {
      try {
        requireConnection();
        const {
          waiting = 0,
          delayed = 0,
          active = 0,
        } = await queue.getJobCounts('waiting', 'delayed', 'active');
        return { waiting, delayed, active };
      } catch (error) {
        logger.debug({ err: error, queue: type.queue }, 'job counts failed');
        return null;
      }
    },

    close: () => queue.close(),
  };
}
