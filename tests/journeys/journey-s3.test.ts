import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { completeUpload, uploadDirectly } from '../kit/api/direct-uploads.ts';
import {
  findVideoRow,
  getRenditionKeys,
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { type ObjectStore, startObjectStore } from '../kit/services/swift/object-store.ts';

let store: ObjectStore;
let app: App;
let worker: TestWorker;
let player: TestPlayer;

beforeAll(async () => {
  store = await startObjectStore(inject('services').runDir);
  // The API runs in this process, and the SDK reads its access keys from the environment.
  for (const [name, value] of Object.entries(store.env)) vi.stubEnv(name, value);
  app = await startApp({ ...TINY_RULES, ...store.env });
  [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
  await store?.stop();
  vi.unstubAllEnvs();
});

const uploads = {
  'through the API': async (path: string) => uploadVideo(app, player, path),
  'directly to the bucket': async (path: string) => {
    const { uploadId } = await uploadDirectly(app, player, await readFile(path));
    const video = await completeUpload(app, player, { uploadId, title: 'Alley-oop' });
    if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
    expect(video).toMatchObject({ title: 'Alley-oop', status: 'UPLOADED' });
    return video.id;
  },
};

it.each(Object.entries(uploads))(
  'a video uploaded %s is published with all its files in the bucket',
  async (_, uploadSource) => {
    const source = await makeShortSource();
    const videoId = await uploadSource(source);
    const last = await waitForOutcome(app, player, videoId);
    expect(last).toMatchObject({ status: 'PROCESSED', percent: 100, failure: null });

    const url = last.video.processedUrl ?? '';
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(whole.subarray(4, 8).toString()).toBe('ftyp');
    const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(100, 200));
    expect(part.headers.get('etag')).toMatch(/^"\S+"$/);

    const row = await findVideoRow(app, videoId);
    const originalUrl = await getOriginalUrl(videoId);
    const original = Buffer.from(await (await fetch(originalUrl)).arrayBuffer());
    expect(original.equals(await readFile(source))).toBe(true);
    const keys = await store.keys();
    expect(keys).toEqual(expect.arrayContaining([row?.originalKey, ...getRenditionKeys(row)]));
    expect(keys.filter(key => key.startsWith('temp/') && !key.endsWith('/.check'))).toEqual([]);
    expect(await store.countUnfinishedUploads()).toBe(0);
    expect(await listStoredFiles(app)).toEqual([]);
  },
);

it('/ready returns 503 and uploads fail with SERVICE_UNAVAILABLE while the bucket is unavailable', async () => {
  expect((await fetch(`${app.url}/ready`)).status).toBe(200);
  expect((await fetch(`${worker.url}/health/detailed`)).status).toBe(200);
  await store.stop();
  const response = await fetch(`${app.url}/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    database: true,
    storage: { original: false, processed: false, temp: false },
  });
  const upload = app.upload(player, await makeShortSource());
  await expect(upload).rejects.toThrow('SERVICE_UNAVAILABLE');
});

async function getOriginalUrl(id: string): Promise<string> {
  const { data } = await app.graphql<{ video: { originalUrl: string } }>(
    'query ($id: ID!) { video(id: $id) { originalUrl } }',
    { id },
    player,
  );
  return data.video.originalUrl;
}
