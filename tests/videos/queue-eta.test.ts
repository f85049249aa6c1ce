import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { StatusEvent } from '../kit/api/client.ts';
import { createUser, type TestUser } from '../kit/contest/create-users.ts';
import { makeShortSource, readStatusEvent, TINY_RULES, uploadVideo } from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

let app: App;
let worker: TestWorker;
let player: TestUser;
let source: string;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  [worker, player, source] = await Promise.all([
    startWorker(app, { WORKER_CONCURRENCY: '1' }),
    createUser(app),
    makeShortSource(),
  ]);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

/** Subscribes to a video until it ends; returns each event with its arrival time in seconds. */
async function collectEvents(videoId: string): Promise<(StatusEvent & { at: number })[]> {
  const received: (StatusEvent & { at: number })[] = [];
  for await (const event of app.subscribeToVideo(videoId, player))
    received.push({ ...event, at: performance.now() / 1000 });
  return received;
}

test('etaSeconds is close to the real time left and falls as the queue advances', async () => {
  const first = await collectEvents(await uploadVideo(app, player, source));
  expect(first.find(({ status }) => status === 'UPLOADED')?.etaSeconds ?? null).toBeNull();

  const ids = [];
  for (let n = 0; n < 3; n++) ids.push(await uploadVideo(app, player, source));
  const last = await collectEvents(ids.at(-1) ?? '');
  const end = last.at(-1)?.at ?? 0;
  expect(last.at(-1)).toMatchObject({ status: 'PROCESSED', etaSeconds: null });

  const estimates = last.filter(({ etaSeconds }) => etaSeconds !== null);
  expect(estimates[0]?.status).toBe('UPLOADED');
  for (const { etaSeconds, at } of estimates) {
    const secondsLeft = end - at;
    // Other work on the machine varies, so only the magnitude is tested.
    expect(
      Math.abs((etaSeconds ?? 0) - secondsLeft),
      `${etaSeconds} s estimated, ${secondsLeft} s were left`,
    ).toBeLessThan(2 + secondsLeft / 2 + (estimates[0]?.etaSeconds ?? 0) / 2);
  }
  const waiting = estimates
    .filter(({ status }) => status === 'UPLOADED')
    .map(({ etaSeconds }) => etaSeconds ?? 0);
  expect(waiting.length).toBeGreaterThan(1);
  expect(waiting.at(-1)).toBeLessThan(waiting[0] ?? 0);
  expect(estimates.at(-1)?.etaSeconds).toBeLessThan(waiting.at(-1) ?? 0);
  const positions = last.flatMap(({ queuePosition }) => queuePosition ?? []);
  expect(positions).toEqual(positions.toSorted((a, b) => b - a));
});

test('etaSeconds is null once the only worker has stopped', async () => {
  await worker.stop();
  const videoId = await uploadVideo(app, player, source);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({
    status: 'UPLOADED',
    queuePosition: 0,
    etaSeconds: null,
  });
});
