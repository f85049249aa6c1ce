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
import { eventually } from './kit/api/multipart.ts';
import { reachesRedis } from './kit/contest/create-users.ts';
import { findVideoRow, shortSource, TINY_RULES, uploadVideo } from './kit/contest/videos.ts';
import { startWorker } from './kit/contest/worker.ts';
import { runProgram } from './kit/services/command.ts';
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

/** Gives Redis other settings for the rest of the test. */
async function configure(redis: Redis, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const [, before = ''] = z.array(z.string()).parse(await redis.config('GET', name));
    await redis.config('SET', name, value);
    onTestFinished(async () => void (await redis.config('SET', name, before)));
  }
}

describe('a Redis', () => {
  async function guard(url: string, persistent: boolean) {
    const redis = openRedis(url, 'command', silent);
    onTestFinished(() => redis.disconnect());
    return checkRedisConfig(redis, { persistent, waitMilliseconds: 5000, logger: silent });
  }

  test.each([
    {
      setup: 'evicts the oldest',
      settings: { 'maxmemory-policy': 'allkeys-lru' },
      says: /evicts.*allkeys-lru/,
    },
    {
      setup: 'evicts what expires',
      settings: { 'maxmemory-policy': 'volatile-ttl' },
      says: /evicts.*volatile-ttl/,
    },
    { setup: 'keeps nothing on disk', settings: { appendonly: 'no', save: '' }, says: /nothing on disk/ },
    {
      setup: 'does both',
      settings: { 'maxmemory-policy': 'allkeys-random', appendonly: 'no', save: '' },
      says: /evicts.*; .*nothing/,
    },
  ])('that $setup is refused in one line', async ({ settings, says }) => {
    await configure(admin, settings);
    const refusal = guard(server.url, true);
    await expect(refusal).rejects.toThrow(says);
    await expect(refusal).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('\n') }),
    );
  });

  test.each([
    { setup: 'appends to a file', settings: {}, persistent: true },
    { setup: 'takes snapshots', settings: { appendonly: 'no', save: '3600 1' }, persistent: true },
    { setup: 'keeps nothing, on a laptop', settings: { appendonly: 'no', save: '' }, persistent: false },
  ])('that $setup is fine', async ({ settings, persistent }) => {
    await configure(admin, settings);
    expect((await guard(server.url, persistent)).faults).toEqual([]);
  });

  test('that forbids CONFIG is judged by INFO', async () => {
    await admin.acl('SETUSER', 'managed', 'on', '>secret', '~*', '&*', '+@all', '-config');
    const url = `redis://managed:secret@127.0.0.1:${server.port}`;
    expect((await guard(url, true)).faults).toEqual([]);
    await configure(admin, { appendonly: 'no', save: '' });
    expect((await guard(url, true)).faults, 'snapshots can not be told by INFO').toEqual([]);
    await configure(admin, { 'maxmemory-policy': 'allkeys-lfu' });
    await expect(guard(url, true)).rejects.toThrow(/evicts.*allkeys-lfu/);
  });

  test('that forbids both is taken as it is', async () => {
    await admin.acl('SETUSER', 'closed', 'on', '>secret', '~*', '&*', '+@all', '-config', '-info');
    await configure(admin, { 'maxmemory-policy': 'allkeys-lru' });
    const url = `redis://closed:secret@127.0.0.1:${server.port}`;
    expect((await guard(url, true)).faults).toEqual([]);
  });
});

describe('a process that must not start', () => {
  const start = async (main: string, env: Record<string, string>) => {
    const { code, output, complaint } = await runProgram(main, [], {
      NODE_ENV: 'test',
      STORAGE_DIR: await mkdtemp(join(inject('services').runDir, 'storage-')),
      REDIS_URL: server.url,
      ...env,
    });
    const lines = output.trim().split('\n');
    return { code, complaint, lines: lines.length, last: LINE.parse(JSON.parse(lines.at(-1) ?? '')), output };
  };

  test.each<[problem: string, main: string, sentence: RegExp]>([
    ['Postgres', 'server/main.ts', /^could not start: PostgreSQL can't be used: .*ECONNREFUSED/],
    [
      'the schema',
      'worker/main.ts',
      /^could not start: The schema is not migrated \(npm run migrate\), missing: M/,
    ],
    ['Redis', 'server/main.ts', /^could not start: Redis evicts: its maxmemory-policy is allkeys-lru/],
  ])('says in one line what is wrong with %s, and ends', async (problem, main, sentence) => {
    const own = await createDatabase({ bare: problem === 'the schema' });
    onTestFinished(() => own.drop());
    await configure(admin, { 'maxmemory-policy': 'allkeys-lru' });
    const nowhere = 'postgres://anb:secret@127.0.0.1:1/anb';
    const ending = await start(main, { DATABASE_URL: problem === 'Postgres' ? nowhere : own.url });
    expect(ending).toMatchObject({ code: 1, complaint: '', lines: 1 });
    expect(ending.last).toEqual({ level: 'fatal', msg: expect.stringMatching(sentence) });
    expect(ending.output).not.toMatch(/"stack"|secret/);
  });
});

test('a worker whose port is taken ends before it has taken anything', async () => {
  const app = await startApp(TINY_RULES);
  onTestFinished(() => app.stop());
  const videoId = await uploadVideo(app, await app.signUp(), await shortSource());
  const start = startWorker(app, { WORKER_PORT: new URL(app.url).port });
  await expect(start).rejects.toThrow(/ended with 1: .*EADDRINUSE/);
  await expect(start).rejects.not.toThrow('"processing"');
  expect(await findVideoRow(app, videoId)).toMatchObject({ status: 'UPLOADED', attempt: 0 });
  expect(await app.database.em.fork().count(RegisteredWorker)).toBe(0);
});

test('an API starts while Redis is away, and tells when the one that comes is no good', async () => {
  const own = await startRedis();
  await own.stop();
  const app = await startApp({ REDIS_URL: own.url });
  onTestFinished(async () => {
    await app.stop();
    await own.stop();
  });
  const ready = async () => (await fetch(`${app.url}/ready`)).json();
  expect(await ready()).toMatchObject({ ready: true, redis: false, redisFaults: [] });
  await own.start();
  await reachesRedis(app);
  expect(await ready()).toMatchObject({ ready: true, redis: true, redisFaults: [] });

  const redis = new Redis(own.url);
  onTestFinished(() => redis.disconnect());
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  // As after a failover: the API is connected anew.
  await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await eventually(async () => /evicts.*allkeys-lru/.test((await ready()).redisFaults.join()));
  expect(await ready()).toMatchObject({ ready: true, redis: true });
});
