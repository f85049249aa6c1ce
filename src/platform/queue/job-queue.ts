import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { runInSpan } from '../observability/tracing.ts';

/** The contract of a queue's producers and consumers: its name, and a payload that both ends validate. */
export interface JobType<Payload> {
  queue: string;
  payload: z.ZodType<Payload>;
  /**
   * Returns the job id. A job with the id of a waiting or running job is ignored. An id contains no ':' and
   * is no whole number.
   */
  id: (payload: Payload) => string;
}

/** The number of jobs by state. */
interface JobCounts {
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
  countJobs(): Promise<JobCounts | null>;
  close(): Promise<void>;
}

/** Opens the producer's end of a queue on an existing connection. */
export function openJobQueue<Payload>(
  type: JobType<Payload>,
  connection: Redis,
  logger: Logger,
): JobQueue<Payload> {
  const queue = new Queue(type.queue, { connection });
  // BullMQ repeats the errors of the connection here; the connection itself already logs them.
  queue.on('error', error => logger.debug({ err: error, queue: type.queue }, 'queue error'));
  const readOrNull = async <Result>(failure: string, read: () => Promise<Result>): Promise<Result | null> => {
    try {
      requireConnection(connection);
      return await read();
    } catch (error) {
      logger.debug({ err: error, queue: type.queue }, failure);
      return null;
    }
  };
  return {
    async enqueue(payload, { delaySeconds = 0 } = {}) {
      const job = type.payload.parse(payload);
      try {
        requireConnection(connection);
        await runInSpan('enqueue job', { 'messaging.destination.name': type.queue }, () =>
          queue.add(type.queue, job, { ...REMOVE, jobId: type.id(job), delay: delaySeconds * 1000 }),
        );
        return true;
      } catch (error) {
        logger.warn({ err: error, job }, 'job not enqueued, the reconciler retries');
        return false;
      }
    },

    isQueued: payload =>
      readOrNull('job lookup failed', async () => (await queue.getJob(type.id(payload))) !== undefined),

    countJobs: () => readOrNull('job counts failed', () => readCounts(queue)),

    close: () => queue.close(),
  };
}

/** Ended jobs are removed, so that their ids can be used again. */
const REMOVE = { removeOnComplete: true, removeOnFail: true };

/** Fails early: before its first connection, a queue makes its callers wait for one. */
function requireConnection({ status }: Redis): void {
  if (status !== 'ready') throw new Error(`Redis is unavailable: ${status}`);
}

async function readCounts(queue: Queue): Promise<JobCounts> {
  const counts = await queue.getJobCounts('waiting', 'delayed', 'active');
  const { waiting = 0, delayed = 0, active = 0 } = counts;
  return { waiting, delayed, active };
}
