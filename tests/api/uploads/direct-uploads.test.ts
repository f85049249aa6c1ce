import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { completeUpload, createUpload, putFile, uploadDirectly } from '../../kit/api/direct-uploads.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, makeShortSource } from '../../kit/contest/videos.ts';
import { type ObjectStore, startObjectStore } from '../../kit/services/swift/object-store.ts';

const MAX_BYTES = 512 * 1024;
const title = 'Tear drop';

let store: ObjectStore;
let app: App;
let clip: Buffer;
let player: TestPlayer;

beforeAll(async () => {
  store = await startObjectStore(inject('services').runDir);
  for (const [name, value] of Object.entries(store.env)) vi.stubEnv(name, value);
  app = await startApp({ ...store.env, MAX_UPLOAD_BYTES: String(MAX_BYTES), UPLOAD_LINK_SECONDS: '600' });
  clip = await readFile(await makeShortSource());
});
beforeEach(async () => {
  player = await app.signUp();
});
afterAll(async () => {
  await app?.stop();
  await store?.stop();
  vi.unstubAllEnvs();
});

const listStagedFiles = async (owner: TestPlayer) =>
  (await store.keys()).filter(key => key.startsWith(`temp/${toRowId(owner.id)}/`));

it('completeUpload creates a video with the real type and size and removes the staged file', async () => {
  const upload = await uploadDirectly(app, player, clip, 'QUICKTIME');
  expect(Date.parse(upload.expiresAt) - Date.now()).toBeGreaterThan(590_000);
  expect(await listStagedFiles(player)).toHaveLength(1);
  const video = await completeUpload(app, player, { uploadId: upload.uploadId, title: `  ${title} ` });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  expect(video).toMatchObject({ title, status: 'UPLOADED' });
  expect(await findVideoRow(app, video.id)).toMatchObject({
    originalType: 'video/mp4',
    originalBytes: clip.length,
    originalKey: `original/${toRowId(video.id)}.mp4`,
  });
  expect(await listStagedFiles(player)).toEqual([]);
});

it.each([
  ['is one byte too large', MAX_BYTES + 1, 'FileTooLarge'],
  ['is empty', 0, 'InvalidInput'],
  ['has a fractional size', 1.5, 'InvalidInput'],
])('createUpload rejects a file that %s', async (_, sizeBytes, outcome) => {
  expect((await createUpload(app, player, { sizeBytes, type: 'MP4' })).__typename).toBe(outcome);
});

it('createUpload accepts a file of exactly MAX_UPLOAD_BYTES, and the store rejects any other size', async () => {
  const upload = await createUpload(app, player, { sizeBytes: MAX_BYTES, type: 'MP4' });
  if (upload.__typename !== 'DirectUpload') throw new Error(JSON.stringify(upload));
  expect(await putFile(upload, Buffer.alloc(MAX_BYTES + 1))).toBe(403);
  expect(await listStagedFiles(player)).toEqual([]);
});

it('completeUpload returns the first video for repeated and concurrent calls', async () => {
  const { uploadId } = await uploadDirectly(app, player, clip);
  const complete = () => completeUpload(app, player, { uploadId, title });
  const results = [
    ...(await Promise.all([complete(), complete(), complete(), complete()])),
    await complete(),
  ];
  const ids = results.map(result => (result.__typename === 'Video' ? result.id : JSON.stringify(result)));
  expect(new Set(ids).size).toBe(1);
  const { data } = await app.graphql<{ node: { videos: { nodes: { id: string }[] } } }>(
    'query ($id: ID!) { node(id: $id) { ... on Player { videos { nodes { id } } } } }',
    { id: player.id },
    player,
  );
  const videoIds = data.node.videos.nodes.map(({ id }) => id);
  expect(videoIds).toEqual(ids.slice(0, 1));
  const rows = await app.database.em
    .fork()
    .execute<{ original_key: string }[]>('select original_key from videos');
  const originals = (await store.keys()).filter(
    key => key.startsWith('original/') && !key.endsWith('.check'),
  );
  expect(originals.toSorted()).toEqual(rows.map(row => row.original_key).toSorted());

  const renamed = await completeUpload(app, player, { uploadId, title: 'Another' });
  expect(renamed.__typename).toBe('IdempotencyKeyReused');
});

it('an original does not change when the presigned URL receives another file', async () => {
  const upload = await uploadDirectly(app, player, clip);
  const video = await completeUpload(app, player, { uploadId: upload.uploadId, title });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  const changed = Buffer.from(clip).fill(0, clip.length >> 1);
  expect(await putFile(upload, changed)).toBe(200);
  const { data } = await app.graphql<{ video: { originalUrl: string } }>(
    'query ($id: ID!) { video(id: $id) { originalUrl } }',
    { id: video.id },
    player,
  );
  const original = Buffer.from(await (await fetch(data.video.originalUrl)).arrayBuffer());
  expect(original.equals(clip)).toBe(true);
});

it('completeUpload returns UploadNotFound for a missing file, another player and an invalid id', async () => {
  const upload = await createUpload(app, player, { sizeBytes: clip.length, type: 'MP4' });
  if (upload.__typename !== 'DirectUpload') throw new Error(JSON.stringify(upload));
  const complete = (owner: TestPlayer, uploadId: string) => completeUpload(app, owner, { uploadId, title });
  const thief = await app.signUp();
  const missing = [await complete(player, upload.uploadId), await complete(player, randomUUID())];
  expect(await putFile(upload, clip)).toBe(200);
  missing.push(await complete(thief, upload.uploadId));
  missing.push(await complete(thief, `../${toRowId(player.id)}/${upload.uploadId}`));
  expect(missing.map(({ __typename }) => __typename)).toEqual(Array(4).fill('UploadNotFound'));
  expect((await complete(player, upload.uploadId)).__typename).toBe('Video');
});

it('completeUpload rejects and removes a file whose content is not a video', async () => {
  const { uploadId } = await uploadDirectly(app, player, Buffer.from('<html>'.repeat(2000)));
  const result = await completeUpload(app, player, { uploadId, title });
  expect(result.__typename).toBe('UnsupportedFile');
  expect(await listStagedFiles(player)).toEqual([]);
});

it('completeUpload rejects and removes a file that is too large', async () => {
  const uploadId = randomUUID();
  const Key = `temp/${toRowId(player.id)}/${uploadId}`;
  const Body = Buffer.concat([clip, Buffer.alloc(MAX_BYTES)]);
  await store.client.send(new PutObjectCommand({ Bucket: store.env.S3_BUCKET, Key, Body }));
  const result = await completeUpload(app, player, { uploadId, title });
  expect(result).toMatchObject({ __typename: 'FileTooLarge', limitBytes: MAX_BYTES });
  expect(await listStagedFiles(player)).toEqual([]);
});

it('completeUpload keeps the staged file when the title is invalid', async () => {
  const { uploadId } = await uploadDirectly(app, player, clip);
  expect((await completeUpload(app, player, { uploadId, title: ' ' })).__typename).toBe('InvalidInput');
  expect((await completeUpload(app, player, { uploadId, title })).__typename).toBe('Video');
});

it('completeUpload returns UploadNotFound after the video is deleted', async () => {
  const { uploadId } = await uploadDirectly(app, player, clip);
  const video = await completeUpload(app, player, { uploadId, title });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  const { data } = await app.graphql<{ deleteVideo: { __typename: string } }>(
    'mutation ($id: ID!) { deleteVideo(videoId: $id) { __typename } }',
    { id: video.id },
    player,
  );
  expect(data.deleteVideo.__typename).toBe('DeletedVideo');
  expect((await completeUpload(app, player, { uploadId, title })).__typename).toBe('UploadNotFound');
  expect((await store.keys()).filter(key => key.includes(toRowId(video.id)))).toEqual([]);
});
