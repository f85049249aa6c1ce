import { afterAll, beforeAll, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  getRenditionKeys,
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { findEncoders, isRunning, pauseEncoder } from '../kit/services/processes.ts';

let app: App;
let player: TestPlayer;
const workers = new Set<TestWorker>();
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '2' });
  player = await app.signUp();
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await Promise.all([...workers].map(worker => worker.ended));
  await app?.stop();
});

async function addWorker(settings: Record<string, string> = {}): Promise<void> {
  const worker = await startWorker(app, { SHUTDOWN_GRACE_SECONDS: '40', ...settings });
  workers.add(worker);
  void worker.ended.then(() => workers.delete(worker));
}

/** Uploads a video and pauses its encoder. Returns the worker that claimed the video. */
async function startVideo(): Promise<{ videoId: string; worker: TestWorker; encoder: number }> {
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const [worker, encoder] = await pauseEncoder(workers);
  return { videoId, worker, encoder };
}

const listClips = async (videoId: string) =>
  (await listStoredFiles(app)).filter(path => path.startsWith(`processed/${toRowId(videoId)}/`));

test('a worker that resumes after its lease expired changes nothing', async () => {
  await Promise.all([addWorker(), addWorker()]);
  const { videoId, worker: frozenWorker, encoder } = await startVideo();
  frozenWorker.kill('SIGSTOP');
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
  const processedRow = await findVideoRow(app, videoId);
  process.kill(encoder, 'SIGCONT');
  frozenWorker.kill('SIGCONT');
  await waitForCondition(async () => frozenWorker.log().some(line => line.msg === 'lease lost'));
  expect(await findVideoRow(app, videoId)).toEqual(processedRow);
  expect(await listClips(videoId)).toEqual(getRenditionKeys(processedRow));
  await waitForCondition(async () => findEncoders(frozenWorker.pid).length === 0);
});

test('a video whose worker is killed is finished once, by another worker', async () => {
  const { videoId, worker, encoder } = await startVideo();
  worker.kill('SIGKILL');
  await worker.ended;
  await waitForCondition(async () => !isRunning(encoder));
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
  const row = await findVideoRow(app, videoId);
  expect(await listClips(videoId)).toEqual(getRenditionKeys(row));
});

test('a worker that receives SIGTERM finishes its video before it stops', async () => {
  const { videoId, worker, encoder } = await startVideo();
  worker.kill('SIGTERM');
  await waitForCondition(async () => worker.log().some(line => line.msg === 'stopping'));
  process.kill(encoder, 'SIGCONT');
  expect(await worker.ended).toBe(0);
  expect(await findVideoRow(app, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('a worker whose grace period ends requeues its video without counting the attempt', async () => {
  await addWorker({ SHUTDOWN_GRACE_SECONDS: '4' });
  const { videoId, worker, encoder } = await startVideo();
  worker.kill('SIGTERM');
  process.kill(encoder, 'SIGCONT');
  using clock = new MachineClock();
  expect(await worker.ended).toBe(0);
  expect(clock.seconds).toBeLessThan(4);
  expect(await findVideoRow(app, videoId)).toMatchObject({ phase: 'QUEUED', attempt: 1, attemptLimit: 3 });
  await addWorker();
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
});
