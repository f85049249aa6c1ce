import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { check } from '../../chaos/checker.ts';
import type { Memory, Upload } from '../../chaos/workload.ts';
import { encodeId } from '../../schema/global-ids.ts';
import { type App, startApp } from '../kit/api/app.ts';
import {
  findVideoRow,
  shortSource,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

let app: App;
let worker: TestWorker;
let good: Upload;
let bad: Upload;
/** Files of the good video. */
let files: { original: string; clip: string };
let memory: Memory;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app);
  good = await upload(await readFile(await shortSource()), true);
  bad = await upload(Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom\0\0\0\0')]), false);
  const voter = await app.signUp();
  await castVote(app, voter, good.videoId);
  memory = { uploads: [good, bad], votes: new Set([`${voter.id} ${good.videoId}`]), complaints: [] };
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
  return { videoId, player, isGood, sha256, ended: await waitForOutcome(app, player, videoId) };
}

function judgeBy(
  changes: Partial<Memory> = {},
  { url = app.url, redisUrl = app.redis.url } = {},
): Promise<string[]> {
  const { DATABASE_URL = '', STORAGE_DIR = '' } = app.processEnv;
  const apis = [{ name: 'api-1', url }];
  const scene = { env: { DATABASE_URL, STORAGE_DIR }, workspaceDirs: [], apis, redisUrl };
  return check(scene, { ...memory, ...changes });
}

test('finds nothing where all is well', async () => {
  expect(await judgeBy()).toEqual([]);
});

test.each<[string, () => Partial<Memory>, RegExp]>([
  [
    'an upload that was acknowledged and is gone',
    () => ({ uploads: [good, bad, { ...good, videoId: encodeId('Video', crypto.randomUUID()) }] }),
    /was acknowledged and is gone/,
  ],
  ['one that nobody was told of', () => ({ uploads: [good] }), /1 uploads were acknowledged and there are 2/],
  ['a good video that failed', () => ({ uploads: [good, { ...bad, isGood: true }] }), /is good and failed/],
  ['a bad one that did not', () => ({ uploads: [{ ...good, isGood: false }, bad] }), /is no video and ended/],
  [
    'a follower that was told another end',
    () => ({ uploads: [{ ...good, ended: bad.ended }, bad] }),
    /is PROCESSED and its follower was told FAILED/,
  ],
  ['a vote that nobody cast', () => ({ votes: new Set() }), /A vote counts that nobody has now/],
  [
    'a vote that was lost',
    () => ({ votes: new Set([...memory.votes, `${good.player.id} ${good.videoId}`]) }),
    /A vote was acknowledged and is gone/,
  ],
])('finds %s', async (_what, changes, found) => {
  expect(await judgeBy(changes())).toEqual(expect.arrayContaining([expect.stringMatching(found)]));
});

const sql = (statement: string) => async () => {
  await app.database.em.fork().execute(statement, [toRowId(good.videoId)]);
};

test.each<[string, () => Promise<unknown>, () => Promise<unknown>, RegExp]>([
  [
    'a counter that drifted',
    sql('update videos set votes = votes + 1 where id = ?'),
    sql('update videos set votes = votes - 1 where id = ?'),
    /A counter differs/,
  ],
  [
    'a tally that drifted',
    sql('update tallies set votes = votes + 1 where player_id = (select player_id from videos where id = ?)'),
    sql('update tallies set votes = votes - 1 where player_id = (select player_id from videos where id = ?)'),
    /A counter differs/,
  ],
  [
    'a video that did not end',
    sql(`update videos set status = 'PROCESSING', lease_until = now() + interval '1 hour' where id = ?`),
    sql(`update videos set status = 'PROCESSED', lease_until = null where id = ?`),
    /is still PROCESSING/,
  ],
  [
    'a clip that is gone',
    () => rename(files.clip, `${app.storageDir}.clip`),
    () => rename(`${app.storageDir}.clip`, files.clip),
    /A row names .*, which is not there/,
  ],
  [
    'an original that changed',
    () => appendFile(files.original, 'more'),
    async () => truncate(files.original, (await readFile(files.original)).length - 4),
    /is not what was uploaded/,
  ],
])('finds %s', async (_what, spoil, undo, found) => {
  await spoil();
  try {
    expect(await judgeBy()).toEqual(expect.arrayContaining([expect.stringMatching(found)]));
  } finally {
    await undo();
  }
});

test('finds a ranking that does not show the votes', async () => {
  const rankings = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
  const empty = createServer((_request, response) => response.end(JSON.stringify({ data: { rankings } })));
  await once(empty.listen(0, '127.0.0.1'), 'listening');
  const { port } = z.object({ port: z.number() }).parse(empty.address());
  try {
    const found = await judgeBy({}, { url: `http://127.0.0.1:${port}` });
    expect(found).toEqual([expect.stringMatching(/^The ranking of api-1 shows ; the votes give .* 1$/)]);
  } finally {
    empty.close();
  }
});

test('finds boards that nobody has made anew, also when the API answers without them', async () => {
  const redisUrl = new URL('/1', app.redis.url).href;
  expect(await judgeBy({}, { redisUrl })).toEqual(['The boards in Redis are wrong: There are no boards']);
});

test('finds a clip that does not play', async () => {
  const clip = await readFile(files.clip);
  await writeFile(files.clip, clip.subarray(0, clip.length / 2));
  expect(await judgeBy()).toEqual([expect.stringMatching(/is PROCESSED and its clip/)]);
  await writeFile(files.clip, clip);
  expect(await judgeBy()).toEqual([]);
});
