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
import { BOUNDARY, createMultipartUpload, waitForCondition } from '../../kit/api/multipart.ts';
import {
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { pauseEncoder } from '../../kit/services/processes.ts';
import { createDatabase } from '../../kit/services/services.ts';
import { openTcpRelay, type TcpRelay } from '../../kit/services/tcp-relay.ts';

let testDatabase: Awaited<ReturnType<typeof createDatabase>>;
let postgres: TcpRelay;
let app: App;
let worker: TestWorker | undefined;
let player: TestPlayer;
beforeAll(async () => {
  testDatabase = await createDatabase();
  postgres = await openTcpRelay(testDatabase.url);
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
const queryMe = () => app.graphql(ME, {}, player);
const getReadiness = async () => {
  const response = await fetch(`${app.url}/ready`, { signal: machineTimeout(5) });
  return { status: response.status, body: await response.json() };
};

test('an upload without Redis returns within 2 s, and all uploads are processed when Redis is back, also after a flush', async () => {
  const lost = await uploadVideo(app, player, await makeShortSource());
  const redis = new Redis(app.redis.url);
  await redis.flushall();
  redis.disconnect();

  const events = await withoutRedis(app, async () => {
    using clock = new MachineClock();
    const waiting = await uploadVideo(app, player, await makeShortSource());
    expect(clock.seconds).toBeLessThan(2);
    expect((await queryMe()).data).toEqual({ me: { email: player.email } });
    const events = app.subscribeToVideo(waiting, player);
    expect((await events.next()).value).toMatchObject({ status: 'UPLOADED', sequence: 0 });
    worker = await startWorker(app);
    return events;
  });
  const rest = await Array.fromAsync(events);
  expect(rest.at(-1)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(await waitForOutcome(app, player, lost)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('a subscriber receives the end of a video although Redis becomes unavailable', async () => {
  if (worker === undefined) throw new Error('The worker is not started');
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const events = app.subscribeToVideo(videoId, player);
  const [, encoder] = await pauseEncoder([worker]);
  const nextStatus = async () => (await events.next()).value?.status;
  while ((await nextStatus()) === 'UPLOADED');
  const rest = await withoutRedis(app, () => {
    process.kill(encoder, 'SIGCONT');
    return Array.fromAsync(events);
  });
  expect(rest.at(-1)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('every operation returns SERVICE_UNAVAILABLE while Postgres is unavailable, and works afterwards', async () => {
  await waitForCondition(async () => (await getReadiness()).body.redis);
  postgres.close();
  for (const response of [await queryMe(), await app.graphql('{ videos { nodes { id } } }')]) {
    expect(response.status).toBe(503);
    expect(response.errors).toMatchObject([
      {
        message: 'The service is not available. Try again soon.',
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      },
    ]);
    expect(response.headers.get('retry-after')).toBe('5');
  }
  expect(await getReadiness()).toMatchObject({
    status: 503,
    body: { ready: false, database: false, redis: true },
  });
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const authorization = `Bearer ${player.token}`;
  socket.once('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })),
  );
  // 4401 would make clients log the player out.
  const [closeCode] = await once(socket, 'close');
  expect(closeCode).toBe(1013);
  await postgres.open();
  expect((await queryMe()).data).toEqual({ me: { email: player.email } });
  expect((await getReadiness()).status).toBe(200);
});

test('an upload returns SERVICE_UNAVAILABLE when Postgres becomes unavailable, and its file is swept', async () => {
  const before = await listStoredFiles(app);
  const variables = { input: { title: 'Crossover', file: null } };
  const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
  const body = createMultipartUpload(
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
  await waitForCondition(async () => (await listStoredFiles(app)).some(path => path.startsWith('temp/')));
  postgres.close();
  sent.end(body.subarray(150_000));
  const [response] = await once(sent, 'response');
  expect(JSON.parse(await text(response))).toMatchObject({
    errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  });
  await postgres.open();

  const orphans = async () => (await listStoredFiles(app)).filter(path => !before.includes(path));
  const [orphan = ''] = await orphans();
  const storage = await openLocalStorage(app.storageDir);
  const sweep = () => sweepFiles({ em: app.database.em.fork(), storage });
  // The row of a recent file may not be committed yet.
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 0 });
  const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
  for (const path of await listStoredFiles(app)) await utimes(join(app.storageDir, path), longAgo, longAgo);
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 1 });
  expect(orphan).toMatch(/^original\//);
  expect(await listStoredFiles(app)).toEqual(before);
});
