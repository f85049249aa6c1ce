import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../scripts/process/wait-until.mjs';
import { openLocalStorage } from '../src/platform/storage/local-storage.ts';
import { sweepFiles } from '../src/videos/files/sweep-files.ts';
import { Video } from '../src/videos/video.entity.ts';
import { type App, startApp } from './kit/api/app.ts';
import type { TestPlayer } from './kit/api/client.ts';
import { readRankingPage } from './kit/contest/rankings.ts';
import { toRowId } from './kit/contest/to-row-id.ts';
import {
  findVideoRow,
  getRenditionKeys,
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from './kit/contest/videos.ts';
import { castVote, findCounterMismatches } from './kit/contest/votes.ts';
import type { TestWorker } from './kit/contest/worker.ts';
import { type Host, startHost } from './kit/services/host.ts';
import { isRunning, pauseEncoder } from './kit/services/processes.ts';

let app: App;
let near: Host;
let far: Host;
let farWorker: TestWorker;
let player: TestPlayer;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  [near, far] = await Promise.all([startHost(app, '127.0.0.2'), startHost(app, '127.0.0.3')]);
  farWorker = await far.addWorker();
  player = await near.api.signUp();
});
afterAll(async () => {
  await Promise.all([near, far].map(host => host?.[Symbol.asyncDispose]()));
  await app?.stop();
});

const upload = async ({ api }: Host) => uploadVideo(api, player, await makeShortSource());
const isReady = async ({ localApi: ownApi }: Host) => (await fetch(`${ownApi.url}/ready`)).ok;
const within = { deadlineSeconds: 60 };

test('a subscriber at one host receives the events of a worker on another', async () => {
  const videoId = await upload(near);
  expect(await waitForOutcome(near.api, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  const lines = farWorker.log().filter(line => line.videoId === toRowId(videoId));
  expect(lines.length).toBeGreaterThan(0);
});

test('a partitioned host loses no data, and changes nothing stale when it reconnects', async () => {
  const [first, second, third] = await Promise.all([far.api.signUp(), near.api.signUp(), far.api.signUp()]);
  const published = await upload(near);
  await waitForOutcome(near.api, player, published);
  expect(await castVote(far.api, first, published)).toMatchObject({ votes: 1 });

  const videoIds = await Promise.all([far, far, near, far].map(upload));
  const [, encoder] = await pauseEncoder([farWorker]);
  far.partition();

  // The partitioned host acknowledges no upload and reports that it is not ready.
  const refused = uploadVideo(far.localApi, player, await makeShortSource());
  await expect(refused).rejects.toThrow();
  await waitUntil('not-ready status of the partitioned host', async () => !(await isReady(far)), within);

  await near.addWorker();
  const outcomes = await Promise.all(videoIds.map(videoId => waitForOutcome(near.api, player, videoId)));
  expect(outcomes.map(({ status }) => status)).toEqual(videoIds.map(() => 'PROCESSED'));
  expect(Math.max(...outcomes.map(({ attempt }) => attempt))).toBe(2);
  expect(await castVote(near.api, second, published)).toMatchObject({ votes: 2 });
  const rows = await Promise.all(videoIds.map(videoId => findVideoRow(app, videoId)));

  // The partitioned worker cannot renew its lease, and stops the encoder.
  await waitUntil('end of the encoder', () => !isRunning(encoder), within);
  far.heal();
  await waitUntil('ready status of the healed host', () => isReady(far), within);
  expect(await castVote(far.api, third, published)).toMatchObject({ votes: 3 });
  const late = await upload(far);
  expect(await waitForOutcome(far.api, player, late)).toMatchObject({ status: 'PROCESSED' });

  expect(await Promise.all(videoIds.map(videoId => findVideoRow(app, videoId)))).toEqual(rows);
  expect(await findCounterMismatches(app.database)).toEqual([]);
  const readVotes = async ({ api }: Host) =>
    (await readRankingPage(api, {})).edges.map(({ node }) => node.votes);
  await waitUntil(
    'all votes in both rankings',
    async () => `${await readVotes(near)} ${await readVotes(far)}` === '3 3',
    within,
  );
  const all = await app.database.em.fork().find(Video, {});
  const referenced: unknown[] = all.flatMap(row => [row.originalKey, ...getRenditionKeys(row)]);
  // Workers sweep files after an hour: the refused upload has left a file.
  await sweepFiles(
    { em: app.database.em.fork(), storage: await openLocalStorage(app.storageDir) },
    { graceSeconds: 0 },
  );
  expect(await listStoredFiles(app)).toEqual(referenced.toSorted());
});
