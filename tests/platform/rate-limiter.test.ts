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
  await readiness(connection);
  return connection;
}

const readiness = (connection: Redis) =>
  waitUntil('Redis is ready', () => connection.status === 'ready', { deadlineSeconds: 10 });

/** How many of `times` attempts at once are allowed. */
async function allowedOf(times: number, consume: () => Promise<{ allowed: boolean }>): Promise<number> {
  const allowances = await Promise.all(Array.from({ length: times }, consume));
  return allowances.filter(({ allowed }) => allowed).length;
}

test('lets as many through as there are points, whatever comes at once, and says when to come again', async () => {
  const limiter = createRateLimiter(redis, limit);
  const key = randomUUID();
  expect(await allowedOf(500, () => limiter.consume(key))).toBe(3);
  const refusal = await limiter.consume(key);
  expect(refusal).toEqual({ allowed: false, retryAfterSeconds: expect.any(Number) });
  expect(await redis.ttl(`limit:test:${key}`)).toBeLessThanOrEqual(60);
});

test('counts each key and each limiter by itself', async () => {
  const key = randomUUID();
  await allowedOf(3, () => createRateLimiter(redis, limit).consume(key));
  expect(await createRateLimiter(redis, limit).consume(randomUUID())).toEqual({ allowed: true });
  expect(await createRateLimiter(redis, { ...limit, name: 'other' }).consume(key)).toEqual({ allowed: true });
});

test('two processes count together', async () => {
  const elsewhere = await connect();
  const limiters = [createRateLimiter(redis, limit), createRateLimiter(elsewhere, limit)];
  const key = randomUUID();
  const allowed = await Promise.all(limiters.map(limiter => allowedOf(50, () => limiter.consume(key))));
  expect(allowed.reduce((sum, count) => sum + count)).toBe(3);
  elsewhere.disconnect();
});

test('a point that is given back can be taken again, and after a reset all can', async () => {
  const limiter = createRateLimiter(redis, limit);
  const key = randomUUID();
  expect(await allowedOf(3, () => limiter.consume(key))).toBe(3);
  await limiter.giveBack(key);
  expect(await allowedOf(5, () => limiter.consume(key))).toBe(1);
  await limiter.reset(key);
  expect(await allowedOf(5, () => limiter.consume(key))).toBe(3);
});

test('a window ends as long after its first point as it is wide, however often it was refused since', async () => {
  const limiter = createRateLimiter(redis, { ...limit, windowSeconds: 1 });
  const key = randomUUID();
  await allowedOf(50, () => limiter.consume(key));
  await expect.poll(async () => (await limiter.consume(key)).allowed, { interval: 50 }).toBe(true);
});

describe('while Redis is away', () => {
  test('counts in memory, without waiting, and in Redis again when it is back', async () => {
    const limiter = createRateLimiter(redis, limit);
    const key = randomUUID();
    await server.stop();
    using clock = new MachineClock();
    expect(await allowedOf(20, () => limiter.consume(key))).toBe(3);
    await limiter.reset(key);
    expect(await allowedOf(20, () => limiter.consume(key))).toBe(3);
    expect(clock.seconds).toBeLessThan(1.5);

    await server.start();
    await readiness(redis);
    expect(await allowedOf(20, () => limiter.consume(key))).toBe(3);
  });

  test('does not hang when Redis takes connections and answers nothing', async () => {
    const admin = await connect();
    const limiter = createRateLimiter(redis, limit);
    const key = randomUUID();
    await admin.client('PAUSE', 1000, 'ALL');
    using clock = new MachineClock();
    expect(await allowedOf(20, () => limiter.consume(key))).toBe(3);
    expect(clock.seconds).toBeLessThan(0.9);
    admin.disconnect();
  });
});
