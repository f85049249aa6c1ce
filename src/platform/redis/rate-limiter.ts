import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';

/** The time after which Redis counts as unavailable, as a frozen server never refuses a connection. */
const REDIS_MILLISECONDS = 500;

/** The result of a request for points. `retryAfterSeconds` is at least 1. */
type Allowance = { allowed: true } | { allowed: false; retryAfterSeconds: number };

/**
 * Limits the points per key within a window that starts with the first point; all processes share the counts.
 */
export interface RateLimiter {
  /**
   * Takes `points`, 1 by default. Callers do so before the work: concurrent requests stay within the limit.
   */
  consume(key: string, points?: number): Promise<Allowance>;
  /** Returns one point, for work that does not count after all. */
  refund(key: string): Promise<void>;
  /** Deletes all points of the key. */
  reset(key: string): Promise<void>;
}

/**
 * Creates a limiter that counts in Redis and, while Redis is unavailable, in the memory of this process.
 * Waits at most half a second for Redis, on a connection without an offline queue. `name` separates the
 * counts of limiters.
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
      } catch (result) {
        if (!(result instanceof RateLimiterRes)) throw result;
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)) };
      }
    },
    async refund(key) {
      await limiter.reward(key);
    },
    async reset(key) {
      await limiter.delete(key);
    },
  };
}
