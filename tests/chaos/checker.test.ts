import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { check } from '../../chaos/checker.ts';
import type { History, Upload } from '../../chaos/workload.ts';
import { encodeId } from '../../schema/global-ids.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

let app: App;
let worker: TestWorker;
let good: Upload;
let bad: Upload;
/** Paths of the good video's files. */
let files: { original: string; clip: string };
let history: History;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app);
  good = await upload(await readFile(await makeShortSource()), true);
  bad = await upload(Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom\0\0\0\0')]), false);
  const voter = await app.signUp();
  await castVote(app, voter, good.videoId);
  history = { uploads: [good, bad], votes: new Set([`${voter.id} ${good.videoId}`]), violations: [] };
  const row = await findVideoRow(app, good.videoId);
  files = {
    original: join(app.storageDir, row?.originalKey ?? ''),
    clip: join(app.storageDir, row?.clipKey ?? ''),
  };
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

async function upload(bytes: Buffer<ArrayBuffer>, isGood: boolean): Promise<Upload> {
  const player = await app.signUp();
  const videoId = await uploadVideo(app, player, new Blob([bytes]));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { videoId, player, isGood, sha256, outcome: await waitForOutcome(app, player, videoId) };
}

function runChecker(
  changes: Partial<History> = {},
  { url = app.url, redisUrl = app.redis.url } = {},
): Promise<string[]> {
  const { DATABASE_URL = '', STORAGE_DIR = '' } = app.processEnv;
  const apis = [{ name: 'api-1', url }];
  const cluster = { env: { DATABASE_URL, STORAGE_DIR }, workspaceDirs: [], apis, redisUrl };
  return check(cluster, { ...history, ...changes });
}

test('finds no problem in a correct system', async () => {
  expect(await runChecker()).toEqual([]);
});

test.each<[string, () => Partial<History>, RegExp]>([
  [
    'an acknowledged upload without a row',
    () => ({ uploads: [good, bad, { ...good, videoId: encodeId('Video', crypto.randomUUID()) }] }),
    /acknowledged upload lost/,
  ],
  [
    'a row without an acknowledged upload',
    () => ({ uploads: [good] }),
    /row count differs: 1 acknowledged uploads, 2 rows/,
  ],
  ['a good video that failed', () => ({ uploads: [good, { ...bad, isGood: true }] }), /good video failed/],
  [
    'an invalid file that did not fail',
    () => ({ uploads: [{ ...good, isGood: false }, bad] }),
    /invalid file not rejected/,
  ],
  [
    'a subscriber whose last event is not the outcome',
    () => ({ uploads: [{ ...good, outcome: bad.outcome }, bad] }),
    /is PROCESSED, its subscriber saw FAILED/,
  ],
  ['a vote that no client cast', () => ({ votes: new Set() }), /unexpected vote/],
  [
    'an acknowledged vote without a row',
    () => ({ votes: new Set([...history.votes, `${good.player.id} ${good.videoId}`]) }),
    /acknowledged vote lost/,
  ],
])('finds %s', async (_case, changes, problem) => {
  expect(await runChecker(changes())).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
});

const sql = (statement: string) => async () => {
  await app.database.em.fork().execute(statement, [toRowId(good.videoId)]);
};

test.each<[string, () => Promise<unknown>, () => Promise<unknown>, RegExp]>([
  [
    'a wrong vote counter of a video',
    sql('update videos set votes = votes + 1 where id = ?'),
    sql('update videos set votes = votes - 1 where id = ?'),
    /counter mismatch/,
  ],
  [
    'a wrong score of a player',
    sql('update tallies set votes = votes + 1 where player_id = (select player_id from videos where id = ?)'),
    sql('update tallies set votes = votes - 1 where player_id = (select player_id from videos where id = ?)'),
    /counter mismatch/,
  ],
  [
    'a video that is still processing',
    sql(`update videos set status = 'PROCESSING', lease_until = now() + interval '1 hour' where id = ?`),
    sql(`update videos set status = 'PROCESSED', lease_until = null where id = ?`),
    /video not finished: .* is PROCESSING/,
  ],
  [
    'a missing clip',
    () => rename(files.clip, `${app.storageDir}.clip`),
    () => rename(`${app.storageDir}.clip`, files.clip),
    /missing file: a row references /,
  ],
  [
    'a modified original',
    () => appendFile(files.original, 'more'),
    async () => truncate(files.original, (await readFile(files.original)).length - 4),
    /original differs from its upload/,
  ],
])('finds %s', async (_case, damage, undo, problem) => {
  await damage();
  try {
    expect(await runChecker()).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  } finally {
    await undo();
  }
});

test('finds a ranking that does not match the votes', async () => {
  const rankings = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
  const empty = createServer((_request, response) => response.end(JSON.stringify({ data: { rankings } })));
  await once(empty.listen(0, '127.0.0.1'), 'listening');
  const { port } = z.object({ port: z.number() }).parse(empty.address());
  try {
    const problems = await runChecker({}, { url: `http://127.0.0.1:${port}` });
    expect(problems).toEqual([
      expect.stringMatching(/^ranking differs: api-1 shows \[\], the votes give \[.* 1\]$/),
    ]);
  } finally {
    empty.close();
  }
});

test('finds missing leaderboards, also when the API returns the ranking without them', async () => {
  const redisUrl = new URL('/1', app.redis.url).href;
  expect(await runChecker({}, { redisUrl })).toEqual([
    'leaderboard mismatch in Redis: the leaderboard is not built',
  ]);
});

test('finds a clip that does not play', async () => {
  const clip = await readFile(files.clip);
  await writeFile(files.clip, clip.subarray(0, clip.length / 2));
  expect(await runChecker()).toEqual([expect.stringMatching(/bad clip: /)]);
  await writeFile(files.clip, clip);
  expect(await runChecker()).toEqual([]);
});
