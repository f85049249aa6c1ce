import { once } from 'node:events';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis, type RedisUse } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';
import { openTcpRelay } from '../kit/services/tcp-relay.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.stop());

/** Connects through a relay; a server that is silent for 100 ms counts as lost. */
async function connect(use: RedisUse) {
  const relay = await openTcpRelay(server.url);
  const redis = openRedis(relay.url, use, createLogger({ level: 'silent' }, {}), 100);
  onTestFinished(async () => {
    redis.disconnect();
    await relay[Symbol.asyncDispose]();
  });
  await once(redis, 'ready');
  return { relay, redis };
}

test.each<RedisUse>(['command', 'worker'])(
  'a %s connection reconnects when Redis stops responding',
  async use => {
    const { relay, redis } = await connect(use);
    relay.partition();
    const pending = redis.set('score', 3);
    // once() would reject with the connection's error.
    await new Promise<void>(done => redis.once('close', done));
    relay.heal();
    await expect.poll(() => redis.status).toBe('ready');
    expect(await redis.ping()).toBe('PONG');
    expect(await pending).toBe('OK');
  },
);

test.each<RedisUse>(['command', 'worker', 'subscriber'])('an idle %s connection is kept', async use => {
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
});
