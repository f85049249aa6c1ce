import { openAsBlob } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { machineTimeout } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp, withoutRedis } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  insertVideo,
  makeShortSource,
  TINY_RULES,
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

const readJson = async (path: string) => {
  const response = await fetch(worker.url + path, { signal: machineTimeout(4) });
  return { status: response.status, body: await response.json() };
};

const scrape = async () => (await fetch(`${worker.url}/metrics`)).text();
/** Returns the value of the series with this name and label, or undefined. */
const readSeries = (metrics: string, name: string, label = ''): number | undefined => {
  const line = metrics.split('\n').find(each => each.startsWith(`${name}{`) && each.includes(label));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
};

test('a healthy worker reports its dependencies and its work', async () => {
  expect(await readJson('/health')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await readJson('/health/detailed')).toEqual({
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
  expect((await readJson('/')).status).toBe(404);
});

test('metrics count outcomes, phase durations and bytes in and out', async () => {
  const player = await app.signUp();
  const source = await makeShortSource();
  const videoId = await uploadVideo(app, player, source);
  await waitForOutcome(app, player, videoId);
  // The worker sends the last event just before it counts the attempt.
  await waitForCondition(async () => /outcome="PROCESSED".* [1-9]/.test(await scrape()));
  const metrics = await scrape();
  expect(metrics).toMatch(/^anb_videos_total\{outcome="PROCESSED",service="worker"\} 1$/m);
  expect(metrics).toMatch(/^anb_videos_running\{service="worker"\} 0$/m);
  for (const phase of ['INSPECTING', 'RENDERING', 'PUBLISHING']) {
    expect(metrics).toMatch(new RegExp(`^anb_video_phase_seconds_count\\{.*phase="${phase}".*\\} 1$`, 'm'));
  }
  expect(readSeries(metrics, 'anb_source_bytes_total')).toBe((await stat(source)).size);
  const clip = await stat(join(app.storageDir, (await findVideoRow(app, videoId))?.clipKey ?? ''));
  expect(readSeries(metrics, 'anb_clip_bytes_total')).toBe(clip.size);
});

test('metrics show the queue length and the longest wait', async () => {
  const player = await app.signUp();
  const ids = [];
  for (const status of ['UPLOADED', 'UPLOADED', 'PROCESSING'] as const) {
    // A lease in the future keeps workers from the video.
    ids.push(await insertVideo(app.database, player, { status, leaseUntil: new Date(Date.now() + 60_000) }));
  }
  const [oldest = ''] = ids.map(toRowId);
  const em = app.database.em.fork();
  await em.execute(`update videos set queued_at = now() + interval '1 minute' where status = 'UPLOADED'`);
  await em.execute(`update videos set queued_at = now() - interval '2 seconds' where id = ?`, [oldest]);
  const metrics = await scrape();
  expect(readSeries(metrics, 'anb_queue_videos', 'state="waiting"')).toBe(2);
  expect(readSeries(metrics, 'anb_queue_videos', 'state="retrying"')).toBe(1);
  expect(readSeries(metrics, 'anb_queue_videos', 'state="processing"')).toBe(0);
  expect(readSeries(metrics, 'anb_queue_oldest_seconds')).toBeGreaterThanOrEqual(2);
  expect(readSeries(metrics, 'anb_queue_oldest_seconds')).toBeLessThan(10);
  expect(readSeries(metrics, 'anb_queue_jobs', 'state="waiting"')).toBe(0);
  await em.execute('delete from videos where id = any(?::uuid[])', [`{${ids.map(toRowId).join()}}`]);
});

test('the worker logs the request id of the upload with each step', async () => {
  const player = await app.signUp();
  const form = new FormData();
  const query =
    'mutation ($file: Upload!) { uploadVideo(input: { title: "Tip-in", file: $file }) { ... on Video { id } } }';
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ file: ['variables.file'] }));
  form.set('file', await openAsBlob(await makeShortSource()), 'clip.mp4');
  const headers = { authorization: `Bearer ${player.token}`, 'x-graphql-yoga-csrf': '1' };
  const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: form });
  const requestId = response.headers.get('x-request-id');
  const body = z.object({ data: z.object({ uploadVideo: z.object({ id: z.string() }) }) });
  const videoId = body.parse(await response.json()).data.uploadVideo.id;
  await waitForOutcome(app, player, videoId);
  const readSteps = () => worker.log().filter(line => line.requestId === requestId);
  await waitForCondition(async () => readSteps().length >= 4);
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(readSteps()).toMatchObject([
    ...['processing', 'inspected', 'rendered', 'processed'].map(msg => ({
      msg,
      videoId: toRowId(videoId),
      attempt: 1,
    })),
  ]);
});

test('the worker is unhealthy while a folder of the store is not writable, and healthy again after', async () => {
  const temp = join(app.storageDir, 'temp');
  await rename(temp, `${temp}-renamed`);
  expect(await readJson('/health/detailed')).toMatchObject({
    status: 503,
    body: { healthy: false, redis: true, storage: { original: true, processed: true, temp: false } },
  });
  await rename(`${temp}-renamed`, temp);
  expect((await readJson('/health/detailed')).status).toBe(200);
});

test('the worker is alive but unhealthy during a Redis outage, and healthy again after', async () => {
  const newWorker = await withoutRedis(app, async () => {
    expect(await readJson('/health/detailed')).toMatchObject({
      status: 503,
      body: { healthy: false, database: true, redis: false, queue: null },
    });
    expect((await readJson('/health')).status).toBe(200);
    // An outage must not look like an empty queue.
    const metrics = await scrape();
    expect(readSeries(metrics, 'anb_queue_jobs')).toBeUndefined();
    expect(readSeries(metrics, 'anb_queue_videos', 'state="waiting"')).toBe(0);
    const newWorker = await startWorker(app);
    onTestFinished(() => newWorker.kill('SIGKILL'));
    const response = await fetch(`${newWorker.url}/health/detailed`, { signal: machineTimeout(4) });
    expect([response.status, await response.json()]).toMatchObject([503, { redis: false, queue: null }]);
    return newWorker;
  });
  await waitForCondition(async () => (await readJson('/health/detailed')).status === 200);
  expect(await newWorker.stop()).toBe(0);
});
