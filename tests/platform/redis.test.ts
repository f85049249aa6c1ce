import { once } from 'node:events';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis, type RedisUse } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';
import { openGate } from '../kit/services/tcp-relay.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.stop());

/** A connection by way of a gate; silent for 100 ms is silent for too long. */
async function connect(use: RedisUse) {
  const gate = await openGate(server.url);
  const redis = openRedis(gate.url, use, createLogger({ level: 'silent' }, {}), 100);
  onTestFinished(async () => {
    redis.disconnect();
    await gate[Symbol.asyncDispose]();
  });
  await once(redis, 'ready');
  return { gate, redis };
}

test.each<RedisUse>(['command', 'worker'])(
  'a %s connection to a Redis that is gone without a word is made anew',
  async use => {
    const { gate, redis } = await connect(use);
    gate.cut();
    const asked = redis.set('score', 3);
    // Not once(): the error that comes with it is not the test's.
    await new Promise<void>(done => redis.once('close', done));
    gate.mend();
    await expect.poll(() => redis.status).toBe('ready');
    expect(await redis.ping()).toBe('PONG');
    expect(await asked).toBe('OK');
  },
);

test.each<RedisUse>(['command', 'worker', 'subscriber'])(
  'a %s connection on which nobody asks anything is kept',
  async use => {
    const { redis } = await connect(use);
    if (use === 'subscriber') await redis.subscribe('scores');
    let closed = false;
    redis.once('close', () => {
      closed = true;
    });
    const other = await connect('command');
    const started = performance.now();
    while (performance.now() - started < 500) await other.redis.ping();
    expect(closed).toBe(false);
  },
);
