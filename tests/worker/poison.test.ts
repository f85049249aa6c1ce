import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { eventually } from '../kit/api/multipart.ts';
import { shortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { startWorker } from '../kit/contest/worker.ts';
import { findEncoders, holdEncoder } from '../kit/services/processes.ts';

let app: App;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '9' });
});
afterAll(() => app?.stop());

test('a video that two workers die of is stopped and reported, and what was beside the first of them is not blamed', async () => {
  const player = await app.signUp();
  const first = await startWorker(app);
  const videos = [
    await uploadVideo(app, player, await shortSource()),
    await uploadVideo(app, player, await shortSource()),
  ];
  await eventually(async () => findEncoders(first.pid).length === videos.length, 20);
  first.kill('SIGKILL');
  await first.ended;

  // Both are suspects now; the one that has the next worker to itself is the one that it dies of.
  const second = await startWorker(app);
  await holdEncoder([second]);
  expect(findEncoders(second.pid)).toHaveLength(1);
  second.kill('SIGKILL');
  await second.ended;

  const third = await startWorker(app);
  const outcomes = await Promise.all(videos.map(id => waitForOutcome(app, player, id)));
  const [poison, ...others] = outcomes.toSorted((a, b) => a.status.localeCompare(b.status));
  expect(poison).toMatchObject({ status: 'FAILED', failure: { reason: 'INTERNAL' }, attempt: 2 });
  expect(others).toMatchObject([{ status: 'PROCESSED' }]);
  const reports = third.log().filter(({ msg }) => msg === 'stopped: workers died of it');
  expect(reports).toMatchObject([{ level: 'error', attempt: 2 }]);
  const metrics = await (await fetch(`${third.url}/metrics`)).text();
  expect(metrics).toMatch(/^\w+\{[^}]*outcome="POISON"[^}]*\} 1$/m);
  expect(await third.stop()).toBe(0);
});
