import { openAsBlob } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { machineTimeout } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp, withoutRedis } from '../kit/api/app.ts';
import { eventually } from '../kit/api/multipart.ts';
import {
  findVideoRow,
  insertVideo,
  shortSource,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

let app: App;
let worker: TestWorker;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app, { WORKER_CONCURRENCY: '3' });
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

const ask = async (path: string) => {
  const response = await fetch(worker.url + path, { signal: machineTimeout(4) });
  return { status: response.status, body: await response.json() };
};

const scrape = async () => (await fetch(`${worker.url}/metrics`)).text();
/** The value of the series with this name and label; undefined when there is none. */
const seriesValue = (metrics: string, name: string, label = ''): number | undefined => {
  const line = metrics.split('\n').find(each => each.startsWith(`${name}{`) && each.includes(label));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
};

test('a healthy worker says what it has and what it is at', async () => {
  expect(await ask('/health')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await ask('/health/detailed')).toEqual({
    status: 200,
    body: {
      healthy: true,
      database: true,
      redis: true,
      redisFaults: [],
      storage: { original: true, processed: true, temp: true },
      ffmpeg: expect.stringMatching(/^ffmpeg version/),
      sandbox: expect.objectContaining({ isolation: expect.any(String) }),
      concurrency: 3,
      running: 0,
      queue: { waiting: 0, delayed: 0, active: 0 },
    },
  });
  expect((await ask('/')).status).toBe(404);
});

test('it counts how videos end, how long each phase takes, and the bytes that come and go', async () => {
  const player = await app.signUp();
  const source = await shortSource();
  const videoId = await uploadVideo(app, player, source);
  await waitForOutcome(app, player, videoId);
  // The last event is sent a moment before the attempt is counted.
  await eventually(async () => /outcome="PROCESSED".* [1-9]/.test(await scrape()));
  const metrics = await scrape();
  expect(metrics).toMatch(/^anb_videos_total\{outcome="PROCESSED",service="worker"\} 1$/m);
  expect(metrics).toMatch(/^anb_videos_running\{service="worker"\} 0$/m);
  for (const phase of ['INSPECTING', 'RENDERING', 'PUBLISHING']) {
    expect(metrics).toMatch(new RegExp(`^anb_video_phase_seconds_count\\{.*phase="${phase}".*\\} 1$`, 'm'));
  }
  expect(seriesValue(metrics, 'anb_source_bytes_total')).toBe((await stat(source)).size);
  const clip = await stat(join(app.storageDir, (await findVideoRow(app, videoId))?.clipKey ?? ''));
  expect(seriesValue(metrics, 'anb_clip_bytes_total')).toBe(clip.size);
});

test('it tells how much waits and for how long', async () => {
  const player = await app.signUp();
  const ids = [];
  for (const status of ['UPLOADED', 'UPLOADED', 'PROCESSING'] as const) {
    // Held by nobody, and not yet up for anybody.
    ids.push(await insertVideo(app.database, player, { status, leaseUntil: new Date(Date.now() + 60_000) }));
  }
  const [oldest = ''] = ids.map(toRowId);
  const em = app.database.em.fork();
  await em.execute(`update videos set queued_at = now() + interval '1 minute' where status = 'UPLOADED'`);
  await em.execute(`update videos set queued_at = now() - interval '2 seconds' where id = ?`, [oldest]);
  const metrics = await scrape();
  expect(seriesValue(metrics, 'anb_queue_videos', 'state="waiting"')).toBe(2);
  expect(seriesValue(metrics, 'anb_queue_videos', 'state="retrying"')).toBe(1);
  expect(seriesValue(metrics, 'anb_queue_videos', 'state="processing"')).toBe(0);
  expect(seriesValue(metrics, 'anb_queue_oldest_seconds')).toBeGreaterThanOrEqual(2);
  expect(seriesValue(metrics, 'anb_queue_oldest_seconds')).toBeLessThan(10);
  expect(seriesValue(metrics, 'anb_queue_jobs', 'state="waiting"')).toBe(0);
  await em.execute('delete from videos where id = any(?::uuid[])', [`{${ids.map(toRowId).join()}}`]);
});

test('the request id of an upload finds all that the worker did with it', async () => {
  const player = await app.signUp();
  const form = new FormData();
  const query =
    'mutation ($file: Upload!) { uploadVideo(input: { title: "Tip-in", file: $file }) { ... on Video { id } } }';
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ file: ['variables.file'] }));
  form.set('file', await openAsBlob(await shortSource()), 'clip.mp4');
  const headers = { authorization: `Bearer ${player.token}`, 'x-graphql-yoga-csrf': '1' };
  const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: form });
  const requestId = response.headers.get('x-request-id');
  const answer = z.object({ data: z.object({ uploadVideo: z.object({ id: z.string() }) }) });
  const videoId = answer.parse(await response.json()).data.uploadVideo.id;
  await waitForOutcome(app, player, videoId);
  const story = () => worker.log().filter(line => line.requestId === requestId);
  await eventually(async () => story().length >= 4);
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(story()).toMatchObject([
    ...['processing', 'inspected', 'rendered', 'processed'].map(msg => ({
      msg,
      videoId: toRowId(videoId),
      attempt: 1,
    })),
  ]);
});

test('it is not healthy while a folder of the store can not be written, and is again after', async () => {
  const temp = join(app.storageDir, 'temp');
  await rename(temp, `${temp}-away`);
  expect(await ask('/health/detailed')).toMatchObject({
    status: 503,
    body: { healthy: false, redis: true, storage: { original: true, processed: true, temp: false } },
  });
  await rename(`${temp}-away`, temp);
  expect((await ask('/health/detailed')).status).toBe(200);
});

test('it is alive but not healthy while Redis is away, and healthy again after', async () => {
  const born = await withoutRedis(app, async () => {
    expect(await ask('/health/detailed')).toMatchObject({
      status: 503,
      body: { healthy: false, database: true, redis: false, queue: null },
    });
    expect((await ask('/health')).status).toBe(200);
    // An outage must not look like an empty queue.
    const metrics = await scrape();
    expect(seriesValue(metrics, 'anb_queue_jobs')).toBeUndefined();
    expect(seriesValue(metrics, 'anb_queue_videos', 'state="waiting"')).toBe(0);
    const born = await startWorker(app);
    onTestFinished(() => born.kill('SIGKILL'));
    const response = await fetch(`${born.url}/health/detailed`, { signal: machineTimeout(4) });
    expect([response.status, await response.json()]).toMatchObject([503, { redis: false, queue: null }]);
    return born;
  });
  await eventually(async () => (await ask('/health/detailed')).status === 200);
  expect(await born.stop()).toBe(0);
});
