import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { createClient, type TestClient, type TestPlayer } from '../kit/api/client.ts';
import {
  findVideoRow,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { pauseEncoder } from '../kit/services/processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLOCK = join(ROOT, 'tests/kit/run/shift-clock.ts');
const HOUR_SECONDS = 3600;
const IN_HALF_AN_HOUR = new Date(Date.now() + (HOUR_SECONDS / 2) * 1000).toISOString();

const shiftClock = (seconds: number) => ({
  NODE_OPTIONS: `--import=${CLOCK}`,
  CLOCK_SHIFT_SECONDS: String(seconds),
});

let app: App;
let player: TestPlayer;
let punctualWorker: TestWorker;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1', VOTING_CLOSES_AT: IN_HALF_AN_HOUR });
  [punctualWorker, player] = await Promise.all([startWorker(app), app.signUp()]);
});
afterAll(async () => {
  await punctualWorker?.stop();
  await app?.stop();
});

/** Expects that `holder` keeps the lease of a video to the end, while `other` looks for expired leases. */
async function expectLeaseKept(holder: TestWorker, other: TestWorker): Promise<void> {
  other.kill('SIGSTOP');
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const [, encoder] = await pauseEncoder([holder]);
  const readLeaseEnd = async () => Number((await findVideoRow(app, videoId))?.leaseUntil);
  const before = await readLeaseEnd();
  other.kill('SIGCONT');
  const isRenewed = async () => (await readLeaseEnd()) > before + 2000;
  await waitUntil('renewed lease', isRenewed, { deadlineSeconds: 20 });
  process.kill(encoder, 'SIGCONT');
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
}

describe.each([
  { clock: 'fast', seconds: HOUR_SECONDS },
  { clock: 'slow', seconds: -HOUR_SECONDS },
])('a clock that is one hour $clock', ({ seconds }) => {
  let shiftedWorker: TestWorker | undefined;
  afterAll(() => shiftedWorker?.stop());

  test('a worker keeps the files of running uploads, and leases hold between workers', async () => {
    const storage = await openLocalStorage(app.storageDir);
    const body = new PassThrough();
    const writing = storage.write(`original/under-way-${seconds}`, body, { maxBytes: 10 });
    body.write('half');
    const worker = await startWorker(app, shiftClock(seconds));
    shiftedWorker = worker;
    const hasSwept = async () => worker.log().some(line => line.msg === 'swept' && 'orphans' in line);
    await waitUntil('finished sweep', hasSwept, { deadlineSeconds: 20 });
    body.end('half');
    await expect(writing).resolves.toMatchObject({ sizeBytes: 8 });
    await storage.remove(`original/under-way-${seconds}`);

    await expectLeaseKept(worker, punctualWorker);
    await expectLeaseKept(punctualWorker, worker);
  });

  test('an API accepts uploads, and votes until the closing time by the database clock', async () => {
    await using api = await startShiftedApi(seconds);
    const fan = await api.client.signUp();
    const videoId = await uploadVideo(api.client, fan, await makeShortSource());
    expect(await waitForOutcome(api.client, fan, videoId)).toMatchObject({ status: 'PROCESSED' });
    expect(await castVote(api.client, await api.client.signUp(), videoId)).toMatchObject({
      __typename: 'Video',
    });
  });
});

async function startShiftedApi(seconds: number): Promise<{ client: TestClient } & AsyncDisposable> {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(ROOT, 'server/main.ts')], {
    env: {
      PATH: process.env.PATH,
      ...app.processEnv,
      ...shiftClock(seconds),
      API_PORT: String(port),
      PUBLIC_URL: url,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const isHealthy = () =>
    fetch(`${url}/health`).then(
      response => response.ok,
      () => false,
    );
  await waitUntil('healthy API', isHealthy, { deadlineSeconds: 30 });
  return {
    client: createClient(url),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
