import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type App, startApp } from '../kit/app.ts';
import { eventually } from '../kit/multipart.ts';
import { outcomeOf, shortSource, TINY_RULES, uploadVideo } from '../kit/videos.ts';
import { startWorker, type TestWorker } from '../kit/worker.ts';

let app: App;
let worker: TestWorker;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app, { WORKER_CONCURRENCY: '3' });
}, 60_000);
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

const ask = async (path: string) => {
  const response = await fetch(worker.url + path, { signal: AbortSignal.timeout(4000) });
  return { status: response.status, body: await response.json() };
};

test('a healthy worker says what it has and what it is at', async () => {
  expect(await ask('/health')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await ask('/health/detailed')).toEqual({
    status: 200,
    body: {
      healthy: true,
      database: true,
      redis: true,
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

test('it counts how videos end and how long each phase takes', async () => {
  const player = await app.signUp();
  await outcomeOf(app, player, await uploadVideo(app, player, await shortSource()));
  const scrape = async () => (await fetch(`${worker.url}/metrics`)).text();
  // The last event is sent a moment before the attempt is counted.
  await eventually(async () => (await scrape()).includes('outcome="PROCESSED"'));
  const metrics = await scrape();
  expect(metrics).toMatch(/^anb_videos_total\{outcome="PROCESSED",service="worker"\} 1$/m);
  expect(metrics).toMatch(/^anb_videos_running\{service="worker"\} 0$/m);
  for (const phase of ['INSPECTING', 'RENDERING', 'PUBLISHING']) {
    expect(metrics).toMatch(new RegExp(`^anb_video_phase_seconds_count\\{.*phase="${phase}".*\\} 1$`, 'm'));
  }
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

test('it is alive but not healthy while Redis is away, and healthy again after', {
  timeout: 60_000,
}, async () => {
  await app.redis.stop();
  expect(await ask('/health/detailed')).toMatchObject({
    status: 503,
    body: { healthy: false, database: true, redis: false, queue: null },
  });
  expect((await ask('/health')).status).toBe(200);
  const born = await startWorker(app);
  onTestFinished(() => born.kill('SIGKILL'));
  const response = await fetch(`${born.url}/health/detailed`, { signal: AbortSignal.timeout(4000) });
  expect([response.status, await response.json()]).toMatchObject([503, { redis: false, queue: null }]);
  await app.redis.start();
  await eventually(async () => (await ask('/health/detailed')).status === 200);
  expect(await born.stop()).toBe(0);
});
