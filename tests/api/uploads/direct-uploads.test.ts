import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { completeUpload, createUpload, send, sendDirectly } from '../../kit/api/direct-uploads.ts';
import { findVideoRow, shortSource, toRowId } from '../../kit/contest/videos.ts';
import { type ObjectStore, startObjectStore } from '../../kit/services/object-store.ts';

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
  clip = await readFile(await shortSource());
});
beforeEach(async () => {
  player = await app.signUp();
});
afterAll(async () => {
  await app?.stop();
  await store?.stop();
  vi.unstubAllEnvs();
});

const pendingOf = async (who: TestPlayer) =>
  (await store.keys()).filter(key => key.startsWith(`temp/${toRowId(who.id)}/`));

it('takes in what was sent, under its real type and size, and leaves nothing behind', async () => {
  const offer = await sendDirectly(app, player, clip, 'QUICKTIME');
  expect(Date.parse(offer.expiresAt) - Date.now()).toBeGreaterThan(590_000);
  expect(await pendingOf(player)).toHaveLength(1);
  const video = await completeUpload(app, player, { uploadId: offer.uploadId, title: `  ${title} ` });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  expect(video).toMatchObject({ title, status: 'UPLOADED' });
  expect(await findVideoRow(app, video.id)).toMatchObject({
    originalType: 'video/mp4',
    originalBytes: clip.length,
    originalKey: `original/${toRowId(video.id)}.mp4`,
  });
  expect(await pendingOf(player)).toEqual([]);
});

it.each([
  ['is a byte too large', MAX_BYTES + 1, 'FileTooLarge'],
  ['is empty', 0, 'InvalidInput'],
  ['has no whole size', 1.5, 'InvalidInput'],
])('offers no place for a file that %s', async (_, sizeBytes, outcome) => {
  expect((await createUpload(app, player, { sizeBytes, type: 'MP4' })).__typename).toBe(outcome);
});

it('offers a place for a file of exactly the limit, and the store takes no other size', async () => {
  const offer = await createUpload(app, player, { sizeBytes: MAX_BYTES, type: 'MP4' });
  if (offer.__typename !== 'DirectUpload') throw new Error(JSON.stringify(offer));
  expect(await send(offer, Buffer.alloc(MAX_BYTES + 1))).toBe(403);
  expect(await pendingOf(player)).toEqual([]);
});

it('answers each repetition with the first video, also when they come at once', async () => {
  const { uploadId } = await sendDirectly(app, player, clip);
  const complete = () => completeUpload(app, player, { uploadId, title });
  const answers = [
    ...(await Promise.all([complete(), complete(), complete(), complete()])),
    await complete(),
  ];
  const ids = answers.map(answer => (answer.__typename === 'Video' ? answer.id : JSON.stringify(answer)));
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

it('keeps a video as it was taken in, whatever is sent to the same place later', async () => {
  const offer = await sendDirectly(app, player, clip);
  const video = await completeUpload(app, player, { uploadId: offer.uploadId, title });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  const changed = Buffer.from(clip).fill(0, clip.length >> 1);
  expect(await send(offer, changed)).toBe(200);
  const { data } = await app.graphql<{ video: { originalUrl: string } }>(
    'query ($id: ID!) { video(id: $id) { originalUrl } }',
    { id: video.id },
    player,
  );
  const kept = Buffer.from(await (await fetch(data.video.originalUrl)).arrayBuffer());
  expect(kept.equals(clip)).toBe(true);
});

it('finds nothing of what was never sent, or by another player, or under a name that is none', async () => {
  const offer = await createUpload(app, player, { sizeBytes: clip.length, type: 'MP4' });
  if (offer.__typename !== 'DirectUpload') throw new Error(JSON.stringify(offer));
  const complete = (who: TestPlayer, uploadId: string) => completeUpload(app, who, { uploadId, title });
  const thief = await app.signUp();
  const missing = [await complete(player, offer.uploadId), await complete(player, randomUUID())];
  expect(await send(offer, clip)).toBe(200);
  missing.push(await complete(thief, offer.uploadId));
  missing.push(await complete(thief, `../${toRowId(player.id)}/${offer.uploadId}`));
  expect(missing.map(({ __typename }) => __typename)).toEqual(Array(4).fill('UploadNotFound'));
  expect((await complete(player, offer.uploadId)).__typename).toBe('Video');
});

it('refuses and removes what is no video by its content, whatever type was announced', async () => {
  const { uploadId } = await sendDirectly(app, player, Buffer.from('<html>'.repeat(2000)));
  const refused = await completeUpload(app, player, { uploadId, title });
  expect(refused.__typename).toBe('UnsupportedFile');
  expect(await pendingOf(player)).toEqual([]);
});

it('refuses and removes what is too large, should a store not have kept to the size', async () => {
  const uploadId = randomUUID();
  const Key = `temp/${toRowId(player.id)}/${uploadId}`;
  const Body = Buffer.concat([clip, Buffer.alloc(MAX_BYTES)]);
  await store.client.send(new PutObjectCommand({ Bucket: store.env.S3_BUCKET, Key, Body }));
  const refused = await completeUpload(app, player, { uploadId, title });
  expect(refused).toMatchObject({ __typename: 'FileTooLarge', limitBytes: MAX_BYTES });
  expect(await pendingOf(player)).toEqual([]);
});

it('keeps what was sent when the title is not valid, to be completed with another', async () => {
  const { uploadId } = await sendDirectly(app, player, clip);
  expect((await completeUpload(app, player, { uploadId, title: ' ' })).__typename).toBe('InvalidInput');
  expect((await completeUpload(app, player, { uploadId, title })).__typename).toBe('Video');
});

it('gives a deleted video no second life', async () => {
  const { uploadId } = await sendDirectly(app, player, clip);
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
