import { afterAll, beforeAll, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { eventually } from '../kit/api/multipart.ts';
import {
  findVideoRow,
  getRenditionKeys,
  shortSource,
  storedFiles,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { findEncoders, holdEncoder, isRunning } from '../kit/services/processes.ts';

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

/** Uploads a video and holds whichever worker takes it in the middle of it. */
async function underWay(): Promise<{ videoId: string; worker: TestWorker; encoder: number }> {
  const videoId = await uploadVideo(app, player, await shortSource());
  const [worker, encoder] = await holdEncoder(workers);
  return { videoId, worker, encoder };
}

const clipsOf = async (videoId: string) =>
  (await storedFiles(app)).filter(path => path.startsWith(`processed/${toRowId(videoId)}/`));

test('a worker that wakes up after its lease changes nothing any more', async () => {
  await Promise.all([addWorker(), addWorker()]);
  const { videoId, worker: sleeper, encoder } = await underWay();
  sleeper.kill('SIGSTOP');
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
  const done = await findVideoRow(app, videoId);
  process.kill(encoder, 'SIGCONT');
  sleeper.kill('SIGCONT');
  await eventually(async () => sleeper.log().some(line => String(line.msg).startsWith('given up')));
  expect(await findVideoRow(app, videoId)).toEqual(done);
  expect(await clipsOf(videoId)).toEqual(getRenditionKeys(done));
  await eventually(async () => findEncoders(sleeper.pid).length === 0);
});

test('a video whose worker is killed is finished by another one, once', async () => {
  const { videoId, worker, encoder } = await underWay();
  worker.kill('SIGKILL');
  await worker.ended;
  await eventually(async () => !isRunning(encoder));
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
  const row = await findVideoRow(app, videoId);
  expect(await clipsOf(videoId)).toEqual(getRenditionKeys(row));
});

test('a worker that is told to stop first finishes what it is at', async () => {
  const { videoId, worker, encoder } = await underWay();
  worker.kill('SIGTERM');
  await eventually(async () => worker.log().some(line => line.msg === 'stopping'));
  process.kill(encoder, 'SIGCONT');
  expect(await worker.ended).toBe(0);
  expect(await findVideoRow(app, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
});

test('a worker that must stop at once hands its video back, at no attempt', async () => {
  await addWorker({ SHUTDOWN_GRACE_SECONDS: '4' });
  const { videoId, worker: hasty, encoder } = await underWay();
  hasty.kill('SIGTERM');
  process.kill(encoder, 'SIGCONT');
  using clock = new MachineClock();
  expect(await hasty.ended).toBe(0);
  expect(clock.seconds).toBeLessThan(4);
  expect(await findVideoRow(app, videoId)).toMatchObject({ phase: 'QUEUED', attempt: 1, attemptLimit: 3 });
  await addWorker();
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 2 });
});
