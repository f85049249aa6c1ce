import { once } from 'node:events';
import { utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { MachineClock, machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { sweepFiles } from '../../../src/videos/files/sweep-files.ts';
import { UploadVideoDocument } from '../../gql/graphql.ts';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { BOUNDARY, eventually, upload } from '../../kit/api/multipart.ts';
import {
  shortSource,
  storedFiles,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { holdEncoder } from '../../kit/services/processes.ts';
import { createDatabase } from '../../kit/services/services.ts';
import { type Gate, openGate } from '../../kit/services/tcp-relay.ts';

let testDatabase: Awaited<ReturnType<typeof createDatabase>>;
let postgres: Gate;
let app: App;
let worker: TestWorker | undefined;
let player: TestPlayer;
beforeAll(async () => {
  testDatabase = await createDatabase();
  postgres = await openGate(testDatabase.url);
  app = await startApp({ ...TINY_RULES, DATABASE_URL: postgres.url });
  player = await app.signUp();
});
afterEach(() => postgres.open());
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
  await postgres?.[Symbol.asyncDispose]();
  await testDatabase?.drop();
});

const ME = '{ me { email } }';
const me = () => app.graphql(ME, {}, player);
const ready = async () => {
  const response = await fetch(`${app.url}/ready`, { signal: machineTimeout(5) });
  return { status: response.status, body: await response.json() };
};

test('without Redis an upload is taken in no time and can be followed; all is processed when it is back, also what a flush lost', async () => {
  const lost = await uploadVideo(app, player, await shortSource());
  const redis = new Redis(app.redis.url);
  await redis.flushall();
  redis.disconnect();

  const events = await withoutRedis(app, async () => {
    using clock = new MachineClock();
    const waiting = await uploadVideo(app, player, await shortSource());
    expect(clock.seconds).toBeLessThan(2);
    expect((await me()).data).toEqual({ me: { email: player.email } });
    const events = app.follow(waiting, player);
    expect((await events.next()).value).toMatchObject({ status: 'UPLOADED', sequence: 0 });
    worker = await startWorker(app);
    return events;
  });
  const rest = await Array.fromAsync(events);
  expect(rest.at(-1)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(await waitForOutcome(app, player, lost)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('a follower learns how a video ends even when Redis goes away meanwhile', async () => {
  if (worker === undefined) throw new Error('There is no worker');
  const videoId = await uploadVideo(app, player, await shortSource());
  const events = app.follow(videoId, player);
  const [, encoder] = await holdEncoder([worker]);
  const told = async () => (await events.next()).value?.status;
  while ((await told()) === 'UPLOADED');
  const rest = await withoutRedis(app, () => {
    process.kill(encoder, 'SIGCONT');
    return Array.fromAsync(events);
  });
  expect(rest.at(-1)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('without Postgres every operation says that the service is away, and works again after', async () => {
  await eventually(async () => (await ready()).body.redis);
  postgres.close();
  for (const answer of [await me(), await app.graphql('{ videos { nodes { id } } }')]) {
    expect(answer.status).toBe(503);
    expect(answer.errors).toMatchObject([
      {
        message: 'The service is not available. Try again soon.',
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      },
    ]);
    expect(answer.headers.get('retry-after')).toBe('5');
  }
  expect(await ready()).toMatchObject({ status: 503, body: { ready: false, database: false, redis: true } });
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const authorization = `Bearer ${player.token}`;
  socket.once('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })),
  );
  // Not 4401, on which clients would log the player out.
  const [closeCode] = await once(socket, 'close');
  expect(closeCode).toBe(1013);
  await postgres.open();
  expect((await me()).data).toEqual({ me: { email: player.email } });
  expect((await ready()).status).toBe(200);
});

test('an upload that loses Postgres on its way says so, and its file does not stay for ever', async () => {
  const before = await storedFiles(app);
  const variables = { input: { title: 'Crossover', file: null } };
  const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
  const body = upload(
    { query: UploadVideoDocument.toString(), variables },
    Buffer.concat([head, Buffer.alloc(200_000)]),
    'variables.input.file',
  );
  const sent = request(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${player.token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'x-graphql-yoga-csrf': '1',
    },
  });
  sent.write(body.subarray(0, 150_000));
  await eventually(async () => (await storedFiles(app)).some(path => path.startsWith('temp/')));
  postgres.close();
  sent.end(body.subarray(150_000));
  const [response] = await once(sent, 'response');
  expect(JSON.parse(await text(response))).toMatchObject({
    errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  });
  await postgres.open();

  const orphans = async () => (await storedFiles(app)).filter(path => !before.includes(path));
  const [orphan = ''] = await orphans();
  const storage = await openLocalStorage(app.storageDir);
  const sweep = () => sweepFiles(app.database.em.fork(), storage);
  // Its row might still be about to be committed.
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 0 });
  const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
  for (const path of await storedFiles(app)) await utimes(join(app.storageDir, path), longAgo, longAgo);
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 1 });
  expect(orphan).toMatch(/^original\//);
  expect(await storedFiles(app)).toEqual(before);
});
