import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { createUsers } from '../kit/contest/create-users.ts';
import { readRankingPage } from '../kit/contest/rankings.ts';
import {
  findVideoRow,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote, findCounterMismatches } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

const LONG_OUTAGE_SECONDS = 60;

let app: App;
let worker: TestWorker;
let player: TestPlayer;
let published: string;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1' });
  [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
  published = await uploadVideo(app, player, await makeShortSource());
  expect(await waitForOutcome(app, player, published)).toMatchObject({ status: 'PROCESSED' });
});
afterEach(async () => {
  // No outage of Redis ends a process.
  expect((await fetch(`${worker.url}/health`)).status).toBe(200);
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

/** Uploads within 2 s, votes and reads. Returns the id of the video. */
async function uploadVoteAndRead(): Promise<string> {
  using clock = new MachineClock();
  const videoId = await uploadVideo(app, player, await makeShortSource());
  expect(clock.seconds).toBeLessThan(2);
  await voteAndRead();
  return videoId;
}

async function voteAndRead(): Promise<void> {
  const [fan] = await createUsers(app, 1);
  if (fan === undefined) throw new Error('No player was created');
  expect(await castVote(app, fan, published)).toMatchObject({ __typename: 'Video', viewerHasVoted: true });
  expect(await castVote(app, fan, published)).toMatchObject({ __typename: 'AlreadyVoted' });
  const { data } = await app.graphql(
    '{ rankings(first: 1) { totalCount nodes { votes } } me { email } }',
    {},
    player,
  );
  expect(data).toMatchObject({ rankings: { totalCount: 1 }, me: { email: player.email } });
}

/** Expects the video to be processed at its first attempt, and the boards to show every vote. */
async function expectCaughtUp(videoId: string): Promise<void> {
  using clock = new MachineClock();
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(clock.seconds).toBeLessThan(60);
  await waitForLeaderboard(app);
  const { edges } = await readRankingPage(app, { first: 1 });
  expect(edges[0]?.node.votes).toBe((await findVideoRow(app, published))?.votes);
  expect(await findCounterMismatches(app.database)).toEqual([]);
}

test('uploads, votes and queries work during a long Redis outage, and queued work runs after it', async () => {
  await app.redis.stop();
  const outageEnd = performance.now() + LONG_OUTAGE_SECONDS * 1000;
  const first = await uploadVoteAndRead();
  const countUnsentJobs = () =>
    worker.log().filter(({ msg }) => String(msg).startsWith('job not enqueued')).length;
  while (performance.now() < outageEnd) {
    const before = countUnsentJobs();
    await voteAndRead();
    await waitForCondition(async () => countUnsentJobs() > before, 20);
  }
  const last = await uploadVoteAndRead();
  await app.redis.start();
  await Promise.all([first, last].map(expectCaughtUp));
});

test('uploads, votes and queries work while Redis is full, and queued work runs once Redis has room', async () => {
  await using admin = redisAdmin();
  await admin.redis.config('SET', 'maxmemory', '1');
  await expect(admin.redis.set('one', 'more')).rejects.toThrow('OOM');
  const videoId = await uploadVoteAndRead();
  await admin.redis.config('SET', 'maxmemory', '0');
  await expectCaughtUp(videoId);
});

test('no video or vote is lost when Redis restarts without its data', async () => {
  worker.kill('SIGSTOP');
  const videoId = await uploadVoteAndRead();
  await app.redis.stop();
  await app.redis.wipe();
  await app.redis.start();
  worker.kill('SIGCONT');
  await expectCaughtUp(videoId);
});

test('no video or vote is lost when Redis is flushed during processing', async () => {
  const videoId = await uploadVoteAndRead();
  await using admin = redisAdmin();
  for await (const { status } of app.subscribeToVideo(videoId, player)) {
    if (status !== 'UPLOADED') break;
  }
  await admin.redis.flushall();
  const next = await uploadVoteAndRead();
  await expectCaughtUp(videoId);
  await expectCaughtUp(next);
});

function redisAdmin(): { redis: Redis } & AsyncDisposable {
  const redis = new Redis(app.redis.url);
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}
