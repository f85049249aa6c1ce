import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';

/** Past this, Redis counts as away: it may be frozen rather than gone, and then never refuses. */
const REDIS_MILLISECONDS = 500;

/** Whether one more is allowed now, or else how long to wait: at least one second. */
export type Allowance = { allowed: true } | { allowed: false; retryAfterSeconds: number };

/** Counts what each key does within a window that begins with its first point; every process shares the counts. */
export interface RateLimiter {
  /** Takes `points`, 1 by default, before the work they stand for, so that any number at once can't slip through. */
  consume(key: string, points?: number): Promise<Allowance>;
  /** Returns one point, for work that turned out not to count. */
  giveBack(key: string): Promise<void>;
  /** Forgets all points of the key. */
  reset(key: string): Promise<void>;
}

/**
 * Counts in Redis and, while Redis is away, in this process's memory. Never waits longer than half a second for Redis,
 * given a connection without an offline queue. `name` keeps limiters apart.
 */
export function createRateLimiter(
  redis: Redis,
  limit: { name: string; points: number; windowSeconds: number },
): RateLimiter {
  const options = { keyPrefix: `limit:${limit.name}`, points: limit.points, duration: limit.windowSeconds };
  const limiter = new RLWrapperTimeouts({
    limiter: new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
    timeoutMs: REDIS_MILLISECONDS,
    insuranceLimiter: new RateLimiterMemory(options),
  });

  return {
    async consume(key, points = 1) {
      try {
        await limiter.consume(key, points);
        return { allowed: true };
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
      }
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
    async reset(key) {
      await limiter.delete(key);
    },
  };
}
