import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { eventually } from '../kit/api/multipart.ts';
import { gather, projected } from '../kit/contest/create-users.ts';
import { rankingPage } from '../kit/contest/rankings.ts';
import { findVideoRow, shortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { castVote, findMiscounts } from '../kit/contest/votes.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

const LONG_OUTAGE_SECONDS = 60;

let app: App;
let worker: TestWorker;
let player: TestPlayer;
let published: string;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1' });
  [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
  published = await uploadVideo(app, player, await shortSource());
  expect(await waitForOutcome(app, player, published)).toMatchObject({ status: 'PROCESSED' });
});
afterEach(async () => {
  // Whatever it was, it took nobody with it.
  expect((await fetch(`${worker.url}/health`)).status).toBe(200);
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

/** Uploads, votes and reads as if nothing were wrong, and within the times that are promised for it; the video. */
async function useEverything(): Promise<string> {
  using clock = new MachineClock();
  const videoId = await uploadVideo(app, player, await shortSource());
  expect(clock.seconds).toBeLessThan(2);
  await voteAndRead();
  return videoId;
}

async function voteAndRead(): Promise<void> {
  const [fan] = await gather(app, 1);
  if (fan === undefined) throw new Error('Nobody came');
  expect(await castVote(app, fan, published)).toMatchObject({ __typename: 'Video', viewerHasVoted: true });
  expect(await castVote(app, fan, published)).toMatchObject({ __typename: 'AlreadyVoted' });
  const { data } = await app.graphql(
    '{ rankings(first: 1) { totalCount nodes { votes } } me { email } }',
    {},
    player,
  );
  expect(data).toMatchObject({ rankings: { totalCount: 1 }, me: { email: player.email } });
}

/** The video is processed at its first attempt, and the boards show every vote. */
async function expectAllMade(videoId: string): Promise<void> {
  using clock = new MachineClock();
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(clock.seconds).toBeLessThan(60);
  await projected(app);
  const { edges } = await rankingPage(app, { first: 1 });
  expect(edges[0]?.node.votes).toBe((await findVideoRow(app, published))?.votes);
  expect(await findMiscounts(app.database)).toEqual([]);
}

test('while Redis is away for long, uploads, votes and queries go on, and all is made once it is back', async () => {
  await app.redis.stop();
  const awayUntil = performance.now() + LONG_OUTAGE_SECONDS * 1000;
  const first = await useEverything();
  const refusals = () => worker.log().filter(({ msg }) => String(msg).startsWith('job not offered')).length;
  while (performance.now() < awayUntil) {
    const before = refusals();
    await voteAndRead();
    await eventually(async () => refusals() > before, 20);
  }
  const last = await useEverything();
  await app.redis.start();
  await Promise.all([first, last].map(expectAllMade));
});

test('while Redis is full, uploads, votes and queries go on, and all is made once it has room', async () => {
  await using admin = redisAdmin();
  await admin.redis.config('SET', 'maxmemory', '1');
  await expect(admin.redis.set('one', 'more')).rejects.toThrow('OOM');
  const videoId = await useEverything();
  await admin.redis.config('SET', 'maxmemory', '0');
  await expectAllMade(videoId);
});

test('a Redis that comes back with nothing, having kept nothing, costs nobody a video or a vote', async () => {
  worker.kill('SIGSTOP');
  const videoId = await useEverything();
  await app.redis.stop();
  await app.redis.wipe();
  await app.redis.start();
  worker.kill('SIGCONT');
  await expectAllMade(videoId);
});

test('a Redis that is emptied in the middle of the work costs nobody a video or a vote', async () => {
  const videoId = await useEverything();
  await using admin = redisAdmin();
  for await (const { status } of app.follow(videoId, player)) {
    if (status !== 'UPLOADED') break;
  }
  await admin.redis.flushall();
  const next = await useEverything();
  await expectAllMade(videoId);
  await expectAllMade(next);
});

function redisAdmin(): { redis: Redis } & AsyncDisposable {
  const redis = new Redis(app.redis.url);
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}
