import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { createRateLimiter } from '../../src/platform/redis/rate-limiter.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = await connect();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const limit = { name: 'test', points: 3, windowSeconds: 60 };

async function connect(): Promise<Redis> {
  const connection = openRedis(server.url, 'command', createLogger({ level: 'silent' }, {}));
  await untilReady(connection);
  return connection;
}

const untilReady = (connection: Redis) =>
  waitUntil('Redis is ready', () => connection.status === 'ready', { deadlineSeconds: 10 });

/** Returns how many of `times` concurrent attempts are allowed. */
async function countAllowed(times: number, consume: () => Promise<{ allowed: boolean }>): Promise<number> {
  const allowances = await Promise.all(Array.from({ length: times }, consume));
  return allowances.filter(({ allowed }) => allowed).length;
}

test('concurrent attempts are allowed up to the limit, and a refusal has a delay', async () => {
  const limiter = createRateLimiter(redis, limit);
  const key = randomUUID();
  expect(await countAllowed(500, () => limiter.consume(key))).toBe(3);
  const refusal = await limiter.consume(key);
  expect(refusal).toEqual({ allowed: false, retryAfterSeconds: expect.any(Number) });
  expect(await redis.ttl(`limit:test:${key}`)).toBeLessThanOrEqual(60);
});

test('each key and each limiter has its own count', async () => {
  const key = randomUUID();
  await countAllowed(3, () => createRateLimiter(redis, limit).consume(key));
  expect(await createRateLimiter(redis, limit).consume(randomUUID())).toEqual({ allowed: true });
  expect(await createRateLimiter(redis, { ...limit, name: 'other' }).consume(key)).toEqual({ allowed: true });
});

test('two processes share one count', async () => {
  const otherConnection = await connect();
  const limiters = [createRateLimiter(redis, limit), createRateLimiter(otherConnection, limit)];
  const key = randomUUID();
  const allowed = await Promise.all(limiters.map(limiter => countAllowed(50, () => limiter.consume(key))));
  expect(allowed.reduce((sum, count) => sum + count)).toBe(3);
  otherConnection.disconnect();
});

test('a returned point can be consumed again, and a reset returns all points', async () => {
  const limiter = createRateLimiter(redis, limit);
  const key = randomUUID();
  expect(await countAllowed(3, () => limiter.consume(key))).toBe(3);
  await limiter.refund(key);
  expect(await countAllowed(5, () => limiter.consume(key))).toBe(1);
  await limiter.reset(key);
  expect(await countAllowed(5, () => limiter.consume(key))).toBe(3);
});

test('a window ends at a fixed time after its first point, regardless of refusals', async () => {
  const limiter = createRateLimiter(redis, { ...limit, windowSeconds: 1 });
  const key = randomUUID();
  await countAllowed(50, () => limiter.consume(key));
  await expect.poll(async () => (await limiter.consume(key)).allowed, { interval: 50 }).toBe(true);
});

describe('a rate limiter without Redis', () => {
  test('counts in memory without delay, and in Redis again after the outage', async () => {
    const limiter = createRateLimiter(redis, limit);
    const key = randomUUID();
    await server.stop();
    using clock = new MachineClock();
    expect(await countAllowed(20, () => limiter.consume(key))).toBe(3);
    await limiter.reset(key);
    expect(await countAllowed(20, () => limiter.consume(key))).toBe(3);
    expect(clock.seconds).toBeLessThan(1.5);

    await server.start();
    await untilReady(redis);
    expect(await countAllowed(20, () => limiter.consume(key))).toBe(3);
  });

  test('does not hang when Redis accepts connections and does not respond', async () => {
    const admin = await connect();
    const limiter = createRateLimiter(redis, limit);
    const key = randomUUID();
    await admin.client('PAUSE', 1000, 'ALL');
    using clock = new MachineClock();
    expect(await countAllowed(20, () => limiter.consume(key))).toBe(3);
    expect(clock.seconds).toBeLessThan(0.9);
    admin.disconnect();
  });
});
