import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../scripts/process/wait-until.mjs';
import { openLocalStorage } from '../src/platform/storage/local-storage.ts';
import { sweepFiles } from '../src/videos/files/sweep-files.ts';
import { Video } from '../src/videos/video.entity.ts';
import { type App, startApp } from './kit/api/app.ts';
import type { TestPlayer } from './kit/api/client.ts';
import { rankingPage } from './kit/contest/rankings.ts';
import {
  findVideoRow,
  getRenditionKeys,
  shortSource,
  storedFiles,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from './kit/contest/videos.ts';
import { castVote, findMiscounts } from './kit/contest/votes.ts';
import type { TestWorker } from './kit/contest/worker.ts';
import { type Host, startHost } from './kit/services/host.ts';
import { holdEncoder, isRunning } from './kit/services/processes.ts';

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

const upload = async ({ api }: Host) => uploadVideo(api, player, await shortSource());
const isReady = async ({ ownApi }: Host) => (await fetch(`${ownApi.url}/ready`)).ok;
const within = { deadlineSeconds: 60 };

test('whoever follows at one host sees what a worker does on another', async () => {
  const videoId = await upload(near);
  expect(await waitForOutcome(near.api, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  const told = farWorker.log().filter(line => line.videoId === toRowId(videoId));
  expect(told.length).toBeGreaterThan(0);
});

test('a host that is cut off takes nothing with it, and spoils nothing when it is back', async () => {
  const [first, second, third] = await Promise.all([far.api.signUp(), near.api.signUp(), far.api.signUp()]);
  const published = await upload(near);
  await waitForOutcome(near.api, player, published);
  expect(await castVote(far.api, first, published)).toMatchObject({ votes: 1 });

  const videoIds = await Promise.all([far, far, near, far].map(upload));
  const [, encoder] = await holdEncoder([farWorker]);
  far.cutOff();

  // Nobody there is told that all is well, or that something was kept.
  const lost = uploadVideo(far.ownApi, player, await shortSource());
  await expect(lost).rejects.toThrow();
  await waitUntil('the host that is cut off says so', async () => !(await isReady(far)), within);

  await near.addWorker();
  const outcomes = await Promise.all(videoIds.map(videoId => waitForOutcome(near.api, player, videoId)));
  expect(outcomes.map(({ status }) => status)).toEqual(videoIds.map(() => 'PROCESSED'));
  expect(Math.max(...outcomes.map(({ attempt }) => attempt))).toBe(2);
  expect(await castVote(near.api, second, published)).toMatchObject({ votes: 2 });
  const rows = await Promise.all(videoIds.map(videoId => findVideoRow(app, videoId)));

  // Its worker can't know who has the video now, and lets go of it.
  await waitUntil('the cut-off worker encodes no more', () => !isRunning(encoder), within);
  far.connectAgain();
  await waitUntil('the host is ready again', () => isReady(far), within);
  expect(await castVote(far.api, third, published)).toMatchObject({ votes: 3 });
  const late = await upload(far);
  expect(await waitForOutcome(far.api, player, late)).toMatchObject({ status: 'PROCESSED' });

  expect(await Promise.all(videoIds.map(videoId => findVideoRow(app, videoId)))).toEqual(rows);
  expect(await findMiscounts(app.database)).toEqual([]);
  const votesAt = async ({ api }: Host) => (await rankingPage(api, {})).edges.map(({ node }) => node.votes);
  await waitUntil(
    'both tell of all the votes',
    async () => `${await votesAt(near)} ${await votesAt(far)}` === '3 3',
    within,
  );
  const all = await app.database.em.fork().find(Video, {});
  const named: unknown[] = all.flatMap(row => [row.originalKey, ...getRenditionKeys(row)]);
  // As the workers do once things are an hour old: the upload that was refused has left its file.
  await sweepFiles(app.database.em.fork(), await openLocalStorage(app.storageDir), { graceSeconds: 0 });
  expect(await storedFiles(app)).toEqual(named.toSorted());
});
