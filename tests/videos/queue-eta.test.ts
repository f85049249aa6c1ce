import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { StatusEvent } from '../kit/api/client.ts';
import { type Fan, gatherOne } from '../kit/contest/create-users.ts';
import { readStatusEvent, shortSource, TINY_RULES, uploadVideo } from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

let app: App;
let worker: TestWorker;
let player: Fan;
let source: string;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  [worker, player, source] = await Promise.all([
    startWorker(app, { WORKER_CONCURRENCY: '1' }),
    gatherOne(app),
    shortSource(),
  ]);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

/** Follows a video to its end; each event with the second at which it came. */
async function watch(videoId: string): Promise<(StatusEvent & { at: number })[]> {
  const seen: (StatusEvent & { at: number })[] = [];
  for await (const event of app.follow(videoId, player))
    seen.push({ ...event, at: performance.now() / 1000 });
  return seen;
}

test('what a waiting player is told comes true, and falls as the queue moves on', async () => {
  const first = await watch(await uploadVideo(app, player, source));
  expect(first.find(({ status }) => status === 'UPLOADED')?.etaSeconds ?? null).toBeNull();

  const ids = [];
  for (let n = 0; n < 3; n++) ids.push(await uploadVideo(app, player, source));
  const last = await watch(ids.at(-1) ?? '');
  const end = last.at(-1)?.at ?? 0;
  expect(last.at(-1)).toMatchObject({ status: 'PROCESSED', etaSeconds: null });

  const told = last.filter(({ etaSeconds }) => etaSeconds !== null);
  expect(told[0]?.status).toBe('UPLOADED');
  for (const { etaSeconds, at } of told) {
    const really = end - at;
    // Other work on the machine comes and goes; what is told is still of the right size.
    expect(Math.abs((etaSeconds ?? 0) - really), `${etaSeconds} s told, ${really} s were left`).toBeLessThan(
      2 + really / 2 + (told[0]?.etaSeconds ?? 0) / 2,
    );
  }
  const waiting = told.filter(({ status }) => status === 'UPLOADED').map(({ etaSeconds }) => etaSeconds ?? 0);
  expect(waiting.length).toBeGreaterThan(1);
  expect(waiting.at(-1)).toBeLessThan(waiting[0] ?? 0);
  expect(told.at(-1)?.etaSeconds).toBeLessThan(waiting.at(-1) ?? 0);
  const places = last.flatMap(({ queuePosition }) => queuePosition ?? []);
  expect(places).toEqual(places.toSorted((a, b) => b - a));
});

test('once the only worker has left, nobody is told a time', async () => {
  await worker.stop();
  const videoId = await uploadVideo(app, player, source);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({
    status: 'UPLOADED',
    queuePosition: 0,
    etaSeconds: null,
  });
});
