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
import { findVideoRow, shortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { holdEncoder } from '../kit/services/processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLOCK = join(ROOT, 'tests/kit/run/shift-clock.ts');
const HOUR_SECONDS = 3600;
const HALF_AN_HOUR_HENCE = new Date(Date.now() + (HOUR_SECONDS / 2) * 1000).toISOString();

const shifted = (seconds: number) => ({
  NODE_OPTIONS: `--import=${CLOCK}`,
  CLOCK_SHIFT_SECONDS: String(seconds),
});

let app: App;
let player: TestPlayer;
let right: TestWorker;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1', VOTING_CLOSES_AT: HALF_AN_HOUR_HENCE });
  [right, player] = await Promise.all([startWorker(app), app.signUp()]);
});
afterAll(async () => {
  await right?.stop();
  await app?.stop();
});

/** `holder` takes a video and keeps it until it is done, while `other` looks for videos that nobody has. */
async function expectKept(holder: TestWorker, other: TestWorker): Promise<void> {
  other.kill('SIGSTOP');
  const videoId = await uploadVideo(app, player, await shortSource());
  const [, encoder] = await holdEncoder([holder]);
  const leaseUntil = async () => Number((await findVideoRow(app, videoId))?.leaseUntil);
  const before = await leaseUntil();
  other.kill('SIGCONT');
  const renewed = async () => (await leaseUntil()) > before + 2000;
  await waitUntil('the lease is renewed', renewed, { deadlineSeconds: 20 });
  process.kill(encoder, 'SIGCONT');
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
}

describe.each([
  { clock: 'fast', seconds: HOUR_SECONDS },
  { clock: 'slow', seconds: -HOUR_SECONDS },
])('with a clock that is an hour $clock', ({ seconds }) => {
  let wrong: TestWorker | undefined;
  afterAll(() => wrong?.stop());

  test('a worker sweeps no upload that is under way, and leases hold between it and others', async () => {
    const storage = await openLocalStorage(app.storageDir);
    const body = new PassThrough();
    const writing = storage.write(`original/under-way-${seconds}`, body, { maxBytes: 10 });
    body.write('half');
    const worker = await startWorker(app, shifted(seconds));
    wrong = worker;
    const swept = async () => worker.log().some(line => line.msg === 'swept' && 'orphans' in line);
    await waitUntil('it has swept', swept, { deadlineSeconds: 20 });
    body.end('half');
    await expect(writing).resolves.toMatchObject({ sizeBytes: 8 });
    await storage.remove(`original/under-way-${seconds}`);

    await expectKept(wrong, right);
    await expectKept(right, wrong);
  });

  test('an API takes votes until the database says that it is over, and uploads', async () => {
    await using api = await startShiftedApi(seconds);
    const fan = await api.client.signUp();
    const videoId = await uploadVideo(api.client, fan, await shortSource());
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
      ...shifted(seconds),
      API_PORT: String(port),
      PUBLIC_URL: url,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const healthy = () =>
    fetch(`${url}/health`).then(
      response => response.ok,
      () => false,
    );
  await waitUntil('the API is healthy', healthy, { deadlineSeconds: 30 });
  return {
    client: createClient(url),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
