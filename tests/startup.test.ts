import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../src/platform/observability/logger.ts';
import { checkRedisConfig } from '../src/platform/redis/check-redis-config.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { RegisteredWorker } from '../src/videos/queue/registered-worker.entity.ts';
import { startApp } from './kit/api/app.ts';
import { waitForCondition } from './kit/api/multipart.ts';
import { findVideoRow, makeShortSource, TINY_RULES, uploadVideo } from './kit/contest/videos.ts';
import { waitForRedis } from './kit/contest/waits.ts';
import { startWorker } from './kit/contest/worker.ts';
import { runProgram } from './kit/services/run-program.ts';
import { createDatabase, startRedis, type TestRedis } from './kit/services/services.ts';

const silent = createLogger({ level: 'silent' }, {});
const LINE = z.object({ level: z.string(), msg: z.string() });

let server: TestRedis;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

/** Changes settings of Redis for the rest of the test. */
async function configure(redis: Redis, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const [, before = ''] = z.array(z.string()).parse(await redis.config('GET', name));
    await redis.config('SET', name, value);
    onTestFinished(async () => void (await redis.config('SET', name, before)));
  }
}

describe('a Redis', () => {
  async function checkConfig(url: string, persistent: boolean) {
    const redis = openRedis(url, 'command', silent);
    onTestFinished(() => redis.disconnect());
    return checkRedisConfig(redis, { persistent, waitMilliseconds: 5000, logger: silent });
  }

  test.each([
    {
      setup: 'evicts the oldest keys',
      settings: { 'maxmemory-policy': 'allkeys-lru' },
      message: /evicts.*allkeys-lru/,
    },
    {
      setup: 'evicts expiring keys',
      settings: { 'maxmemory-policy': 'volatile-ttl' },
      message: /evicts.*volatile-ttl/,
    },
    { setup: 'has no persistence', settings: { appendonly: 'no', save: '' }, message: /nothing on disk/ },
    {
      setup: 'evicts keys and has no persistence',
      settings: { 'maxmemory-policy': 'allkeys-random', appendonly: 'no', save: '' },
      message: /evicts.*; .*nothing/,
    },
  ])('that $setup is refused in one line', async ({ settings, message }) => {
    await configure(admin, settings);
    const check = checkConfig(server.url, true);
    await expect(check).rejects.toThrow(message);
    await expect(check).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('\n') }),
    );
  });

  test.each([
    { setup: 'appends to a file', settings: {}, persistent: true },
    { setup: 'writes snapshots', settings: { appendonly: 'no', save: '3600 1' }, persistent: true },
    {
      setup: 'has no persistence, outside production',
      settings: { appendonly: 'no', save: '' },
      persistent: false,
    },
  ])('that $setup is accepted', async ({ settings, persistent }) => {
    await configure(admin, settings);
    expect((await checkConfig(server.url, persistent)).faults).toEqual([]);
  });

  test('that forbids CONFIG is checked through INFO', async () => {
    await admin.acl('SETUSER', 'managed', 'on', '>secret', '~*', '&*', '+@all', '-config');
    const url = `redis://managed:secret@127.0.0.1:${server.port}`;
    expect((await checkConfig(url, true)).faults).toEqual([]);
    await configure(admin, { appendonly: 'no', save: '' });
    expect((await checkConfig(url, true)).faults, 'INFO does not show the snapshot settings').toEqual([]);
    await configure(admin, { 'maxmemory-policy': 'allkeys-lfu' });
    await expect(checkConfig(url, true)).rejects.toThrow(/evicts.*allkeys-lfu/);
  });

  test('that forbids CONFIG and INFO is accepted unchecked', async () => {
    await admin.acl('SETUSER', 'closed', 'on', '>secret', '~*', '&*', '+@all', '-config', '-info');
    await configure(admin, { 'maxmemory-policy': 'allkeys-lru' });
    const url = `redis://closed:secret@127.0.0.1:${server.port}`;
    expect((await checkConfig(url, true)).faults).toEqual([]);
  });
});

describe('a process that cannot start', () => {
  const start = async (main: string, env: Record<string, string>) => {
    const { code, output, stderr } = await runProgram(main, [], {
      NODE_ENV: 'test',
      STORAGE_DIR: await mkdtemp(join(inject('services').runDir, 'storage-')),
      REDIS_URL: server.url,
      ...env,
    });
    const lines = output.trim().split('\n');
    return { code, stderr, lines: lines.length, last: LINE.parse(JSON.parse(lines.at(-1) ?? '')), output };
  };

  test.each<[problem: string, main: string, sentence: RegExp]>([
    ['Postgres', 'server/main.ts', /^could not start: PostgreSQL is unavailable: .*ECONNREFUSED/],
    [
      'the schema',
      'worker/main.ts',
      /^could not start: The schema is not migrated \(npm run migrate\), missing: M/,
    ],
    ['Redis', 'server/main.ts', /^could not start: Redis evicts keys: maxmemory-policy is allkeys-lru/],
  ])('logs one line about %s and exits with 1', async (problem, main, sentence) => {
    const testDatabase = await createDatabase({ bare: problem === 'the schema' });
    onTestFinished(() => testDatabase.drop());
    await configure(admin, { 'maxmemory-policy': 'allkeys-lru' });
    const unreachable = 'postgres://anb:secret@127.0.0.1:1/anb';
    const result = await start(main, {
      DATABASE_URL: problem === 'Postgres' ? unreachable : testDatabase.url,
    });
    expect(result).toMatchObject({ code: 1, stderr: '', lines: 1 });
    expect(result.last).toEqual({ level: 'fatal', msg: expect.stringMatching(sentence) });
    expect(result.output).not.toMatch(/"stack"|secret/);
  });
});

test('a worker whose port is in use exits before it claims a job', async () => {
  const app = await startApp(TINY_RULES);
  onTestFinished(() => app.stop());
  const videoId = await uploadVideo(app, await app.signUp(), await makeShortSource());
  const start = startWorker(app, { WORKER_PORT: new URL(app.url).port });
  await expect(start).rejects.toThrow(/ended with 1: .*EADDRINUSE/);
  await expect(start).rejects.not.toThrow('"processing"');
  expect(await findVideoRow(app, videoId)).toMatchObject({ status: 'UPLOADED', attempt: 0 });
  expect(await app.database.em.fork().count(RegisteredWorker)).toBe(0);
});

test('an API starts without Redis, and /ready reports a Redis with unsuitable settings', async () => {
  const ownRedis = await startRedis();
  await ownRedis.stop();
  const app = await startApp({ REDIS_URL: ownRedis.url });
  onTestFinished(async () => {
    await app.stop();
    await ownRedis.stop();
  });
  const readReadiness = async () => (await fetch(`${app.url}/ready`)).json();
  expect(await readReadiness()).toMatchObject({ ready: true, redis: false, redisFaults: [] });
  await ownRedis.start();
  await waitForRedis(app);
  expect(await readReadiness()).toMatchObject({ ready: true, redis: true, redisFaults: [] });

  const redis = new Redis(ownRedis.url);
  onTestFinished(() => redis.disconnect());
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  // A new connection, as after a failover, repeats the check.
  await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await waitForCondition(async () => /evicts.*allkeys-lru/.test((await readReadiness()).redisFaults.join()));
  expect(await readReadiness()).toMatchObject({ ready: true, redis: true });
});
