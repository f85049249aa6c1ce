import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  insertVideo,
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { isRunning, pauseEncoder } from '../../kit/services/processes.ts';

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
  // The lease is longer than the test, so only the event can stop the worker.
  app = await startApp({ ...TINY_RULES, LEASE_SECONDS: '60' });
  player = await app.signUp();
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

const remove = async (videoId: string, by: TestPlayer = player) =>
  (await app.graphql(DELETE, { videoId }, by)).data.deleteVideo;

test('deleteVideo removes a waiting video and its file', async () => {
  const videoId = await uploadVideo(app, player, await makeShortSource());
  expect(await remove(videoId)).toEqual({ __typename: 'DeletedVideo', videoId });
  expect(await findVideoRow(app, videoId)).toBeNull();
  expect(await listStoredFiles(app)).toEqual([]);
  expect(await remove(videoId)).toMatchObject({ __typename: 'VideoNotFound', code: 'VIDEO_NOT_FOUND' });
});

test('deleteVideo removes a hidden video and all its files', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() });
  const row = await findVideoRow(app, videoId);
  for (const key of [row?.originalKey, row?.clipKey, row?.posterKey]) {
    const path = join(app.storageDir, key ?? '');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'content');
  }
  expect(await remove(videoId)).toMatchObject({ __typename: 'DeletedVideo' });
  expect(await listStoredFiles(app)).toEqual([]);
});

test('deleteVideo removes a video and its other files although one file cannot be removed', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() });
  const row = await findVideoRow(app, videoId);
  // A folder in place of the file makes its removal fail.
  const [blockedPath, clip] = [row?.originalKey, row?.clipKey].map(key => join(app.storageDir, key ?? ''));
  await mkdir(blockedPath ?? '', { recursive: true });
  onTestFinished(() => rmdir(blockedPath ?? ''));
  await mkdir(dirname(clip ?? ''), { recursive: true });
  await writeFile(clip ?? '', 'content');
  expect(await remove(videoId)).toEqual({ __typename: 'DeletedVideo', videoId });
  expect(await listStoredFiles(app)).toEqual([]);
});

test('deleteVideo returns VideoIsPublished for a published video', async () => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED' });
  expect(await remove(videoId)).toMatchObject({ __typename: 'VideoIsPublished', code: 'VIDEO_IS_PUBLISHED' });
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('deleteVideo returns VideoNotFound for a video of another player', async () => {
  const videoId = await insertVideo(app.database, player);
  expect(await remove(videoId, await app.signUp())).toMatchObject({ __typename: 'VideoNotFound' });
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('deleteVideo returns UNAUTHENTICATED without a token', async () => {
  const videoId = await insertVideo(app.database, player);
  const { errors } = await app.graphql(DELETE, { videoId });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await findVideoRow(app, videoId)).not.toBeNull();
});

test('deleteVideo stops a running encode and leaves no row and no file', async () => {
  worker = await startWorker(app);
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const [, encoder] = await pauseEncoder([worker]);
  expect(await remove(videoId)).toMatchObject({ __typename: 'DeletedVideo' });
  // The worker may have killed the encoder already.
  if (isRunning(encoder)) process.kill(encoder, 'SIGCONT');
  await waitForCondition(async () => !isRunning(encoder), 2);
  await waitForCondition(async () => worker.log().some(line => line.msg === 'lease lost'));
  expect(await findVideoRow(app, videoId)).toBeNull();
  const files = (await listStoredFiles(app)).filter(path => path.includes(toRowId(videoId)));
  expect(files).toEqual([]);
});
