import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { makeShortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { startWorker } from '../kit/contest/worker.ts';
import { findEncoders, pauseEncoder } from '../kit/services/processes.ts';

let app: App;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '9' });
});
afterAll(() => app?.stop());

test('a video that crashed two workers fails and is reported, and the video beside it is processed', async () => {
  const player = await app.signUp();
  const first = await startWorker(app);
  const videos = [
    await uploadVideo(app, player, await makeShortSource()),
    await uploadVideo(app, player, await makeShortSource()),
  ];
  await waitForCondition(async () => findEncoders(first.pid).length === videos.length, 20);
  first.kill('SIGKILL');
  await first.ended;

  // Both videos are suspects now: the second worker processes one of them alone, so that the next crash
  // proves it.
  const second = await startWorker(app);
  await pauseEncoder([second]);
  expect(findEncoders(second.pid)).toHaveLength(1);
  second.kill('SIGKILL');
  await second.ended;

  const third = await startWorker(app);
  const outcomes = await Promise.all(videos.map(id => waitForOutcome(app, player, id)));
  const [poison, ...others] = outcomes.toSorted((a, b) => a.status.localeCompare(b.status));
  expect(poison).toMatchObject({ status: 'FAILED', failure: { reason: 'INTERNAL' }, attempt: 2 });
  expect(others).toMatchObject([{ status: 'PROCESSED' }]);
  const reports = third.log().filter(({ msg }) => msg === 'failed: worker deaths reached the limit');
  expect(reports).toMatchObject([{ level: 'error', attempt: 2 }]);
  const metrics = await (await fetch(`${third.url}/metrics`)).text();
  expect(metrics).toMatch(/^\w+\{[^}]*outcome="POISON"[^}]*\} 1$/m);
  expect(await third.stop()).toBe(0);
});
