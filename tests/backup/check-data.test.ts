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
import { firstConnection, openRedis } from '../../src/platform/redis/redis.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { RENDITIONS } from '../../src/videos/files/video-files.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { giveVotes, projected, publishVideo } from '../kit/contest/create-users.ts';
import { rankingPage } from '../kit/contest/rankings.ts';
import {
  findVideoRow,
  readStatusEvent,
  shortSource,
  storedFiles,
  toRowId,
  uploadVideo,
} from '../kit/contest/videos.ts';
import { findMiscounts } from '../kit/contest/votes.ts';
import { runProgram } from '../kit/services/command.ts';

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
  await firstConnection(redis, 5000);
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
  for (const key of await keysOf(published)) {
    await mkdir(dirname(join(app.storageDir, key)), { recursive: true });
    await writeFile(join(app.storageDir, key), 'x');
  }
  await giveVotes(app.database, new Map([[published, 3]]));
  await projected(app);
});
afterAll(async () => {
  deps?.events.close();
  redis?.disconnect();
  subscriber?.disconnect();
  await app?.stop();
});

/** What differs, in sentences; with `apply` it is mended on the way. */
async function reconcile({ apply = false } = {}): Promise<string[]> {
  const sentences: string[] = [];
  for await (const { what, remedy, mend } of findInconsistencies(deps)) {
    sentences.push(`${what}: ${remedy}`);
    if (apply) await mend?.();
  }
  return sentences;
}

const command = (...args: string[]) => runProgram('scripts/operate/check-data.ts', args, app.processEnv);
const execute = (sql: string, parameters: unknown[] = []) => app.database.em.fork().execute(sql, parameters);

async function keysOf(videoId: string): Promise<string[]> {
  const row = await findVideoRow(app, videoId);
  return [row?.originalKey, ...RENDITIONS.map(name => row?.[name])].flatMap(key => key ?? []);
}

/** First it is only told, then it is mended, and then everything agrees. */
async function expectMended(what: string | RegExp, state: () => Promise<unknown>): Promise<void> {
  const before = await state();
  expect(await reconcile()).toEqual([expect.stringMatching(what)]);
  expect(await state()).toEqual(before);
  expect(await reconcile({ apply: true })).toEqual([expect.stringMatching(what)]);
  await projected(app);
  expect(await reconcile()).toEqual([]);
}

test('a video that waits without its file is ended, as no worker can make anything of it', async () => {
  const videoId = await uploadVideo(app, player, await shortSource());
  const [original = ''] = await keysOf(videoId);
  await rm(join(app.storageDir, original));
  await execute(`update videos set queued_at = now() - interval '10 seconds' where id = ?`, [
    toRowId(videoId),
  ]);
  const told = await readStatusEvent(app, player, videoId, () => true);
  const status = async () => (await findVideoRow(app, videoId))?.status;
  await expectMended(`${toRowId(videoId)} is UPLOADED and its file ${original} is not there`, status);
  const row = await findVideoRow(app, videoId);
  expect(row).toMatchObject({ status: 'FAILED', failureReason: 'INTERNAL' });
  // Else who follows it would take its end for old news.
  expect(row?.sequence).toBeGreaterThan(told.sequence);
});

test('a published clip that is gone has to come back from a backup', async () => {
  const clip = (await findVideoRow(app, published))?.clipKey ?? '';
  await rm(join(app.storageDir, clip));
  const told = `Video ${toRowId(published)} is PROCESSED and its file ${clip} is not there`;
  const byHand = [`${told}: copy media/${clip} back from a backup`];
  expect(await reconcile({ apply: true })).toEqual(byHand);
  expect(await reconcile({ apply: true })).toEqual(byHand);
  expect(await findVideoRow(app, published)).toMatchObject({ status: 'PROCESSED', clipKey: clip });
  await writeFile(join(app.storageDir, clip), 'x');
  expect(await reconcile()).toEqual([]);
});

test('a file that no row names is deleted, once it is old', async () => {
  const litter = `original/${crypto.randomUUID()}.mp4`;
  await writeFile(join(app.storageDir, litter), 'x');
  expect(await reconcile()).toEqual([]);
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(join(app.storageDir, litter), yesterday, yesterday);
  await expectMended(`No row names the file ${litter}: delete it`, () => storedFiles(app));
  expect(await storedFiles(app)).not.toContain(litter);
});

test('counters of videos and players become what their votes give', async () => {
  const counters = () => execute('select votes from videos union all select votes from tallies');
  await execute('update videos set votes = 99 where id = ?', [toRowId(published)]);
  await expectMended(/Video \S+ is counted with 99 votes, not the 3 that the votes give/, counters);
  await execute('update tallies set votes = 98');
  // As counted, and so as shown.
  await deps.leaderboard.rebuild(noRows());
  await execute(`update tallies set dirty = true, version = nextval('tally_versions')`);
  await projected(app);
  await expectMended(/Player \S+ is counted with 98 votes, not the 3/, counters);
  await execute('delete from tallies');
  await deps.leaderboard.rebuild(noRows());
  expect(await reconcile({ apply: true })).toEqual([
    expect.stringMatching(/Player \S+ is counted with 0 votes, not the 3/),
  ]);
  expect(await findMiscounts(app.database)).toEqual([]);
  await projected(app);
  expect(await reconcile()).toEqual([]);
});

test('boards show what the counters say', async () => {
  const shown = async () => (await rankingPage(app, { first: 10 })).edges.map(({ node }) => node.votes);
  const board = `{board}:${await redis.get('{board}:generation')}:on:all`;
  const [member = ''] = await redis.zrange(board, 0, 0);
  await redis.zadd(board, -77, member);
  await expectMended(/The rankings differ from the counters: all shows \S+ with 77 votes, not 3/, shown);
  expect(await shown()).toEqual([3]);
});

test('a board that has lost a player, or has one too many, is found as well', async () => {
  const board = async () => `{board}:${await redis.get('{board}:generation')}:on:city:pasto`;
  const size = async () => redis.zcard(await board());
  await redis.zremrangebyrank(await board(), 0, 0);
  await expectMended(/city:pasto holds 0 players and 3 votes, not 1 and 3/, size);
  await redis.zadd(await board(), -5, `${'0'.repeat(16)}/${crypto.randomUUID()}`);
  await expectMended(/city:pasto shows \S+, who has no tally/, size);
  expect((await rankingPage(app, { city: 'Pasto', first: 10 })).ids).toEqual([player.id]);
});

test('a video whose job is lost is offered again', async () => {
  const videoId = await uploadVideo(app, player, await shortSource());
  const age = `update videos set queued_at = now() - interval '1 hour' where id = ?`;
  await execute(age, [toRowId(videoId)]);
  expect(await reconcile()).toEqual([]);
  await redis.unlink((await redis.keys('bull:*')).filter(key => !key.endsWith(':meta')));
  const queued = async () => (await redis.keys(`bull:*${toRowId(videoId)}*`)).length;
  await expectMended(`Video ${toRowId(videoId)} is UPLOADED, and no queue holds its job`, queued);
  expect(await queued()).toBe(1);
});

test('the command shows what it would do, does it when told to, and fails while something differs', async () => {
  expect(await command()).toEqual({ code: 0, output: 'Everything agrees.\n', complaint: '' });
  await execute('update videos set votes = 99 where id = ?', [toRowId(published)]);
  const problem = `Video ${toRowId(published)} is counted with 99 votes, not the 3 that the votes give.`;
  const would = `${problem} --apply would: count anew.\n1 found; nothing was changed.\n`;
  expect(await command()).toEqual({ code: 1, output: would, complaint: '' });
  const done = `${problem} Done: count anew.\n1 found, 1 mended.\n`;
  expect(await command('--apply')).toEqual({ code: 0, output: done, complaint: '' });
  expect(await reconcile()).toEqual([]);
});

test('the command says nothing of what agrees while Redis is away', async () => {
  await app.redis.stop();
  onTestFinished(() => app.redis.start());
  const { code, complaint } = await command('--apply');
  expect({ code, complaint }).toEqual({ code: 1, complaint: expect.stringContaining('Redis is away') });
});

async function* noRows() {
  yield [];
}
