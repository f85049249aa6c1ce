import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findInconsistencies } from '../../src/consistency/find-inconsistencies.ts';
import type { ConsistencyDeps } from '../../src/consistency/inconsistency.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openEventBus } from '../../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../../src/platform/queue/job-queue.ts';
import { openRedis, waitForConnection } from '../../src/platform/redis/redis.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { RENDITIONS } from '../../src/videos/files/video-files.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { readRankingPage } from '../kit/contest/rankings.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  listStoredFiles,
  makeShortSource,
  publishVideo,
  readStatusEvent,
  uploadVideo,
} from '../kit/contest/videos.ts';
import { findCounterMismatches, giveVotes } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';
import { runProgram } from '../kit/services/run-program.ts';

const silent = createLogger({ level: 'silent' }, {});

let app: App;
let redis: Redis;
let subscriber: Redis;
let deps: ConsistencyDeps;
let player: TestPlayer;
/** Published, with three votes and all its files. */
let published: string;
beforeAll(async () => {
  app = await startApp();
  redis = openRedis(app.redis.url, 'command', silent);
  subscriber = openRedis(app.redis.url, 'subscriber', silent);
  await waitForConnection(redis, 5000);
  deps = {
    forkEm: () => app.database.em.fork(),
    storage: await openLocalStorage(app.storageDir),
    jobs: openJobQueue(processVideoJob, redis, silent),
    events: openEventBus({ publisher: redis, subscriber }, silent),
    leaderboard: openRedisLeaderboard(redis),
    maxWorkerDeaths: 2,
  };
  player = await app.signUp({ city: 'Pasto' });
  published = await publishVideo(app.database, player);
  for (const key of await readKeys(published)) {
    await mkdir(dirname(join(app.storageDir, key)), { recursive: true });
    await writeFile(join(app.storageDir, key), 'x');
  }
  await giveVotes(app.database, new Map([[published, 3]]));
  await waitForLeaderboard(app);
});
afterAll(async () => {
  deps?.events.close();
  redis?.disconnect();
  subscriber?.disconnect();
  await app?.stop();
});

/** Returns the inconsistencies as sentences, each repaired with `repairs`. */
async function checkData({ repairs = false } = {}): Promise<string[]> {
  const sentences: string[] = [];
  for await (const { problem, resolution, repair } of findInconsistencies(deps)) {
    sentences.push(`${problem}: ${resolution}`);
    if (repairs) await repair?.();
  }
  return sentences;
}

const command = (...args: string[]) => runProgram('scripts/operate/check-data.ts', args, app.processEnv);
const execute = (sql: string, parameters: unknown[] = []) => app.database.em.fork().execute(sql, parameters);

async function readKeys(videoId: string): Promise<string[]> {
  const row = await findVideoRow(app, videoId);
  return [row?.originalKey, ...RENDITIONS.map(name => row?.[name])].flatMap(key => key ?? []);
}

/** Expects a problem to be reported without a change of `state`, then to be repaired, and then to be gone. */
async function expectRepaired(problem: string | RegExp, state: () => Promise<unknown>): Promise<void> {
  const before = await state();
  expect(await checkData()).toEqual([expect.stringMatching(problem)]);
  expect(await state()).toEqual(before);
  expect(await checkData({ repairs: true })).toEqual([expect.stringMatching(problem)]);
  await waitForLeaderboard(app);
  expect(await checkData()).toEqual([]);
}

test('a waiting video without its file is set to FAILED, as no worker can process it', async () => {
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const [original = ''] = await readKeys(videoId);
  await rm(join(app.storageDir, original));
  await execute(`update videos set queued_at = now() - interval '10 seconds' where id = ?`, [
    toRowId(videoId),
  ]);
  const before = await readStatusEvent(app, player, videoId, () => true);
  const status = async () => (await findVideoRow(app, videoId))?.status;
  await expectRepaired(`${toRowId(videoId)} is UPLOADED and its file ${original} is missing`, status);
  const row = await findVideoRow(app, videoId);
  expect(row).toMatchObject({ status: 'FAILED', failureReason: 'INTERNAL' });
  // Subscribers ignore events that are not newer than the last one.
  expect(row?.sequence).toBeGreaterThan(before.sequence);
});

test('a missing clip of a published video must be copied back from a backup', async () => {
  const clip = (await findVideoRow(app, published))?.clipKey ?? '';
  await rm(join(app.storageDir, clip));
  const problem = `Video ${toRowId(published)} is PROCESSED and its file ${clip} is missing`;
  const byHand = [`${problem}: copy media/${clip} back from a backup`];
  expect(await checkData({ repairs: true })).toEqual(byHand);
  expect(await checkData({ repairs: true })).toEqual(byHand);
  expect(await findVideoRow(app, published)).toMatchObject({ status: 'PROCESSED', clipKey: clip });
  await writeFile(join(app.storageDir, clip), 'x');
  expect(await checkData()).toEqual([]);
});

test('a file without a row is deleted once the grace period is over', async () => {
  const orphan = `original/${crypto.randomUUID()}.mp4`;
  await writeFile(join(app.storageDir, orphan), 'x');
  expect(await checkData()).toEqual([]);
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(join(app.storageDir, orphan), yesterday, yesterday);
  await expectRepaired(`The file ${orphan} belongs to no row: delete the file`, () => listStoredFiles(app));
  expect(await listStoredFiles(app)).not.toContain(orphan);
});

test('counters of videos and players are recounted from the votes', async () => {
  const counters = () => execute('select votes from videos union all select votes from tallies');
  await execute('update videos set votes = 99 where id = ?', [toRowId(published)]);
  await expectRepaired(/Video \S+ has a counter of 99 votes instead of 3/, counters);
  await execute('update tallies set votes = 98');
  // The leaderboard then agrees with the wrong score.
  await deps.leaderboard.rebuild(noRows());
  await execute(`update tallies set dirty = true, version = nextval('tally_versions')`);
  await waitForLeaderboard(app);
  await expectRepaired(/Player \S+ has a counter of 98 votes instead of 3/, counters);
  await execute('delete from tallies');
  await deps.leaderboard.rebuild(noRows());
  expect(await checkData({ repairs: true })).toEqual([
    expect.stringMatching(/Player \S+ has a counter of 0 votes instead of 3/),
  ]);
  expect(await findCounterMismatches(app.database)).toEqual([]);
  await waitForLeaderboard(app);
  expect(await checkData()).toEqual([]);
});

test('a wrong entry of the leaderboard is repaired', async () => {
  const shown = async () => (await readRankingPage(app, { first: 10 })).edges.map(({ node }) => node.votes);
  const board = `{board}:${await redis.get('{board}:generation')}:on:all`;
  const [member = ''] = await redis.zrange(board, 0, 0);
  await redis.zadd(board, -77, member);
  await expectRepaired(
    /The leaderboard differs from the scores: all lists player \S+ with 77 votes instead of 3/,
    shown,
  );
  expect(await shown()).toEqual([3]);
});

test('a missing and a surplus entry of the leaderboard are repaired', async () => {
  const board = async () => `{board}:${await redis.get('{board}:generation')}:on:city:pasto`;
  const size = async () => redis.zcard(await board());
  await redis.zremrangebyrank(await board(), 0, 0);
  await expectRepaired(/city:pasto has 0 players and 3 votes instead of 1 and 3/, size);
  await redis.zadd(await board(), -5, `${'0'.repeat(16)}/${crypto.randomUUID()}`);
  await expectRepaired(/city:pasto lists player \S+ without a score/, size);
  expect((await readRankingPage(app, { city: 'Pasto', first: 10 })).ids).toEqual([player.id]);
});

test('the lost job of a video is enqueued again', async () => {
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const age = `update videos set queued_at = now() - interval '1 hour' where id = ?`;
  await execute(age, [toRowId(videoId)]);
  expect(await checkData()).toEqual([]);
  await redis.unlink((await redis.keys('bull:*')).filter(key => !key.endsWith(':meta')));
  const queued = async () => (await redis.keys(`bull:*${toRowId(videoId)}*`)).length;
  await expectRepaired(`Video ${toRowId(videoId)} is UPLOADED and the queue has no job for it`, queued);
  expect(await queued()).toBe(1);
});

test('the command prints repairs, performs them with --repair, and fails while inconsistencies remain', async () => {
  expect(await command()).toEqual({ code: 0, output: 'No differences found.\n', stderr: '' });
  await execute('update videos set votes = 99 where id = ?', [toRowId(published)]);
  const problem = `Video ${toRowId(published)} has a counter of 99 votes instead of 3.`;
  const would = `${problem} --repair would: recount the votes.\n1 found; nothing was changed.\n`;
  expect(await command()).toEqual({ code: 1, output: would, stderr: '' });
  const done = `${problem} Done: recount the votes.\n1 found, 1 repaired.\n`;
  expect(await command('--repair')).toEqual({ code: 0, output: done, stderr: '' });
  expect(await checkData()).toEqual([]);
});

test('the old name and the old flag of the command still work and print one warning', async () => {
  await execute('update videos set votes = 99 where id = ?', [toRowId(published)]);
  const warning = expect.stringMatching(/^Deprecated: use npm run check:data .*\n$/);
  const environment = { ...app.processEnv, npm_lifecycle_event: 'reconcile' };
  const shown = await runProgram('scripts/operate/check-data.ts', [], environment);
  expect(shown).toMatchObject({ code: 1, stderr: warning });
  expect(await command('--apply')).toMatchObject({ code: 0, stderr: warning });
  expect(await checkData()).toEqual([]);
});

test('the command fails instead of reporting no differences while Redis is unavailable', async () => {
  await app.redis.stop();
  onTestFinished(() => app.redis.start());
  const { code, stderr } = await command('--repair');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('Redis is unavailable'),
  });
});

async function* noRows() {
  yield [];
}
