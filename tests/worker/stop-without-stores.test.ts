import { afterAll, beforeAll, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { makeShortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { startWorker } from '../kit/contest/worker.ts';
import { isRunning, pauseEncoder } from '../kit/services/processes.ts';
import { openTcpRelay, type TcpRelay } from '../kit/services/tcp-relay.ts';

const GRACE_SECONDS = 5;

let app: App;
let postgres: TcpRelay;
let redis: TcpRelay;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '2' });
  postgres = await openTcpRelay(app.processEnv.DATABASE_URL ?? '');
  redis = await openTcpRelay(app.redis.url);
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
  await app?.stop();
});

test('a worker stops in time without Redis and Postgres, its encoder ends, and another worker finishes its video', async () => {
  const player = await app.signUp();
  const worker = await startWorker(app, {
    ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
  });
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const [, encoder] = await pauseEncoder([worker]);
  postgres.close();
  redis.close();

  using clock = new MachineClock();
  worker.kill('SIGTERM');
  await worker.ended;
  expect(clock.seconds).toBeLessThan(GRACE_SECONDS + 1);
  await waitForCondition(async () => !isRunning(encoder), 2);

  const other = await startWorker(app);
  const outcome = await waitForOutcome(app, player, videoId);
  expect(outcome.status).toBe('PROCESSED');
  // On a busy host a lease of three seconds may expire once more.
  expect(outcome.attempt).toBeGreaterThan(1);
  expect(await other.stop()).toBe(0);
});
