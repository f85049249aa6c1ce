import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  findVideoRow,
  insertVideo,
  shortSource,
  storedFiles,
  TINY_RULES,
  toRowId,
  uploadVideo,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { holdEncoder, isRunning } from '../../kit/services/processes.ts';

const DELETE = graphql(`
  mutation DeleteOwnVideo($videoId: ID!) {
    deleteVideo(videoId: $videoId) {
      __typename
      ... on DeletedVideo { videoId }
      ... on Error { code message }
    }
  }
`);

let app: App;
let worker: TestWorker;
let player: TestPlayer;
beforeAll(async () => {
  // Longer than the test may take: only the event can be what tells the worker.
  app = await startApp({ ...TINY_RULES, LEASE_SECONDS: '60' });
  player = await app.signUp();
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

const remove = async (videoId: string, by: TestPlayer = player) =>
  (await app.graphql(DELETE, { videoId }, by)).data.deleteVideo;

test('a video that waits goes with its file', async () => {
  const videoId = await uploadVideo(app, player, await shortSource());
  expect(await remove(videoId)).toEqual({ __typename: 'DeletedVideo', videoId });
  expect(await findVideoRow(app, videoId)).toBeNull();
  expect(await storedFiles(app)).toEqual([]);
  expect(await remove(videoId)).toMatchObject({ __typename: 'VideoNotFound', code: 'VIDEO_NOT_FOUND' });
});

test('a hidden video goes with all its files', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() });
  const row = await findVideoRow(app, videoId);
  for (const key of [row?.originalKey, row?.clipKey, row?.posterKey]) {
    const path = join(app.storageDir, key ?? '');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'content');
  }
  expect(await remove(videoId)).toMatchObject({ __typename: 'DeletedVideo' });
  expect(await storedFiles(app)).toEqual([]);
});

test('a video goes although the store keeps a file of it, and takes the others with it', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() });
  const row = await findVideoRow(app, videoId);
  // A folder is no file that could be removed.
  const [stuck, clip] = [row?.originalKey, row?.clipKey].map(key => join(app.storageDir, key ?? ''));
  await mkdir(stuck ?? '', { recursive: true });
  onTestFinished(() => rmdir(stuck ?? ''));
  await mkdir(dirname(clip ?? ''), { recursive: true });
  await writeFile(clip ?? '', 'content');
  expect(await remove(videoId)).toEqual({ __typename: 'DeletedVideo', videoId });
  expect(await storedFiles(app)).toEqual([]);
});

test('a published video stays', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED' });
  expect(await remove(videoId)).toMatchObject({ __typename: 'VideoIsPublished', code: 'VIDEO_IS_PUBLISHED' });
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('a video of somebody else is not to be found', async () => {
  const videoId = await insertVideo(app.database, player);
  expect(await remove(videoId, await app.signUp())).toMatchObject({ __typename: 'VideoNotFound' });
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('nobody deletes anything without logging in', async () => {
  const videoId = await insertVideo(app.database, player);
  const { errors } = await app.graphql(DELETE, { videoId });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('a video amid its encode goes, the encode stops, and nothing of it comes back', async () => {
  worker = await startWorker(app);
  const videoId = await uploadVideo(app, player, await shortSource());
  const [, encoder] = await holdEncoder([worker]);
  expect(await remove(videoId)).toMatchObject({ __typename: 'DeletedVideo' });
  // The worker may have ended it for good by now, without asking.
  if (isRunning(encoder)) process.kill(encoder, 'SIGCONT');
  await eventually(async () => !isRunning(encoder), 2);
  await eventually(async () => worker.log().some(line => String(line.msg).startsWith('given up')));
  expect(await findVideoRow(app, videoId)).toBeNull();
  const files = (await storedFiles(app)).filter(path => path.includes(toRowId(videoId)));
  expect(files).toEqual([]);
});
