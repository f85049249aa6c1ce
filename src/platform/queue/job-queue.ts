import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { inSpan } from '../observability/tracing.ts';

/** What the two ends of a queue share: its name and the form of its jobs, checked when added and when taken. */
export interface JobType<Payload> {
  queue: string;
  payload: z.ZodType<Payload>;
  /** The same id is ignored while its job waits or runs. Holds no ':' and is no whole number. */
  id: (payload: Payload) => string;
}

export interface JobCounts {
  waiting: number;
  delayed: number;
  active: number;
}

/** The offering end of a queue. Must be closed. */
export interface JobQueue<Payload> {
  /** Adds a job; false when Redis is away. Never rejects and never waits for Redis to come back. */
  enqueue(payload: Payload, options?: { delaySeconds?: number }): Promise<boolean>;
  /** Whether the job waits or runs; null when Redis is away. */
  isQueued(payload: Payload): Promise<boolean | null>;
  /** Jobs by state; null when Redis is away. */
  counts(): Promise<JobCounts | null>;
  close(): Promise<void>;
}

export function openJobQueue<Payload>(
  type: JobType<Payload>,
  connection: Redis,
  logger: Logger,
): JobQueue<Payload> {
  const queue = new Queue(type.queue, { connection });
  // BullMQ reports the connection's own errors here too, and the connection logs them already.
  queue.on('error', error => logger.debug({ err: error, queue: type.queue }, 'queue error'));
  /** A queue that was never connected would make its callers wait for the first connection. */
  const checkConnection = () => {
    if (connection.status !== 'ready') throw new Error(`Redis is away: ${connection.status}`);
  };
  return {
    async enqueue(payload, options = {}) {
      const job = type.payload.parse(payload);
      try {
        checkConnection();
        const settings = {
          jobId: type.id(job),
          delay: (options.delaySeconds ?? 0) * 1000,
          removeOnComplete: true,
          removeOnFail: true,
        };
        await inSpan('offer job', { 'messaging.destination.name': type.queue }, () =>
          queue.add(type.queue, job, settings),
        );
        return true;
      } catch (error) {
        logger.warn({ err: error, job }, 'job not offered; the reconciler will offer it again');
        return false;
      }
    },

    async isQueued(payload) {
      try {
        checkConnection();
        return (await queue.getJob(type.id(payload))) !== undefined;
      } catch (error) {
        logger.debug({ err: error, queue: type.queue }, 'job not looked up');
        return null;
      }
    },

    async counts() {
      try {
        checkConnection();
        const {
          waiting = 0,
          delayed = 0,
          active = 0,
        } = await queue.getJobCounts('waiting', 'delayed', 'active');
        return { waiting, delayed, active };
      } catch (error) {
        logger.debug({ err: error, queue: type.queue }, 'queue not counted');
        return null;
      }
    },

    close: () => queue.close(),
  };
}
