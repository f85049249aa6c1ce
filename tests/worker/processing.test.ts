import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { graphql } from '../gql/gql.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
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
import { makeSource, type SourceOptions } from '../kit/media/media.ts';

const RULES = { ...TINY_RULES, MAX_SOURCE_SECONDS: '2', CLIP_SECONDS: '2', MAX_ATTEMPTS: '2' };

let app: App;
let worker: TestWorker;
let player: TestPlayer;
let queue: Queue;
let queueRedis: Redis;
beforeAll(async () => {
  app = await startApp(RULES);
  queueRedis = new Redis(app.redis.url, { maxRetriesPerRequest: null });
  queue = new Queue(processVideoJob.queue, { connection: queueRedis });
  [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
});
afterAll(async () => {
  await queue?.close();
  queueRedis?.disconnect();
  await worker?.stop();
  await app?.stop();
});

const FAILURE = graphql(`
  query ProcessingFailure($id: ID!) { video(id: $id) { failure { reason message } } }
`);

const picture = (size: string, seconds: number): SourceOptions => ({
  picture: `testsrc2=size=${size}:rate=10:duration=${seconds}`,
});
const audioOnly: SourceOptions = { picture: 'sine=frequency=440:duration=1.2', encode: ['-c:a', 'aac'] };
/** A file without its second half. */
const makeTruncated = async () => {
  const whole = await readFile(await makeSource({ ...picture('320x180', 1.8), indexLast: true }));
  return new Blob([whole.subarray(0, Math.floor(whole.length / 2))]);
};

test.each([
  {
    rule: 'too short',
    file: () => makeSource(picture('64x36', 0.7)),
    reason: 'TOO_SHORT',
    en: 'The video is too short. Upload one of at least 1 seconds.',
    es: 'El video es demasiado corto. Sube uno de al menos 1 segundos.',
  },
  {
    rule: 'too long',
    file: () => makeSource(picture('64x36', 2.5)),
    reason: 'TOO_LONG',
    en: 'The video is too long. Upload one of at most 2 seconds.',
    es: 'El video es demasiado largo. Sube uno de 2 segundos como máximo.',
  },
  {
    rule: 'too small',
    file: () => makeSource(picture('64x14', 1.2)),
    reason: 'RESOLUTION_TOO_LOW',
    en: 'The picture is too small. Record in at least 16p and upload again.',
    es: 'La imagen es demasiado pequeña. Graba al menos en 16p y súbelo de nuevo.',
  },
  {
    rule: 'without a video stream',
    file: () => makeSource(audioOnly),
    reason: 'NOT_A_VIDEO',
    en: expect.stringContaining('does not contain a video'),
    es: expect.stringContaining('no contiene un video'),
  },
  {
    rule: 'truncated',
    file: makeTruncated,
    reason: 'CORRUPT',
    en: expect.stringContaining('damaged'),
    es: expect.stringContaining('dañado'),
  },
])(
  'a video that is $rule fails with its reason, in the language of the request',
  async ({ file, reason, en, es }) => {
    const videoId = await uploadVideo(app, player, await file());
    const last = await waitForOutcome(app, player, videoId);
    expect(last).toMatchObject({ status: 'FAILED', attempt: 1, failure: { reason, message: en } });
    const headers = { 'accept-language': 'es-CO,es;q=0.9,en;q=0.5' };
    const { data } = await app.graphql(FAILURE, { id: videoId }, { token: player.token, headers });
    expect(data.video?.failure).toEqual({ reason, message: es });
    const files = await listStoredFiles(app);
    expect(files).toContain((await findVideoRow(app, videoId))?.originalKey);
    expect(files.filter(path => path.includes(`processed/${toRowId(videoId)}`))).toEqual([]);
  },
);

test('five equal concurrent jobs, and five more after the end, make one clip', async () => {
  const videoId = await uploadVideo(app, player, await makeShortSource());
  const job = { videoId: toRowId(videoId), attempt: 0 };
  // Under other ids: the queue itself drops jobs with an id that it knows.
  const addCopies = (name: string) =>
    queue.addBulk([1, 2, 3, 4, 5].map(n => ({ name, data: job, opts: { jobId: `${name}-${n}` } })));
  await addCopies('copy');
  expect(await waitForOutcome(app, player, videoId)).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  const processedRow = await findVideoRow(app, videoId);
  await addCopies('late');
  await waitForCondition(async () => {
    const { completed = 0 } = await queue.getJobCounts('completed');
    return completed >= 10;
  });
  expect(await findVideoRow(app, videoId)).toEqual(processedRow);
  const clips = (await listStoredFiles(app)).filter(path =>
    path.startsWith(`processed/${toRowId(videoId)}/`),
  );
  expect(clips).toEqual(getRenditionKeys(processedRow));
});

test('a forged job is dropped, and the worker continues', async () => {
  const before = worker.log().length;
  await queue.addBulk([
    { name: 'forged', data: { videoId: "'; drop table videos" }, opts: { removeOnFail: true } },
    { name: 'forged', data: { videoId: crypto.randomUUID(), attempt: 0 }, opts: { removeOnComplete: true } },
  ]);
  const videoId = await uploadVideo(app, player, await makeShortSource());
  expect((await waitForOutcome(app, player, videoId)).status).toBe('PROCESSED');
  const noJobs = { waiting: 0, active: 0, delayed: 0, failed: 0 };
  await waitForCondition(async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
    return isDeepStrictEqual(counts, noJobs);
  });
  expect(worker.log().slice(before)).toContainEqual(
    expect.objectContaining({ msg: 'job failed', job: { videoId: "'; drop table videos" } }),
  );
});

test('a video whose original is missing is retried, then fails with INTERNAL', async () => {
  const before = worker.log().length;
  worker.kill('SIGSTOP');
  const videoId = await uploadVideo(app, player, await makeShortSource());
  await rm(join(app.storageDir, (await findVideoRow(app, videoId))?.originalKey ?? ''));
  worker.kill('SIGCONT');
  const last = await waitForOutcome(app, player, videoId);
  expect(last).toMatchObject({
    status: 'FAILED',
    attempt: 2,
    failure: { reason: 'INTERNAL', message: expect.stringContaining('on our side') },
  });
  const lines = worker.log().slice(before);
  expect(lines.map(line => line.msg)).toEqual(
    expect.arrayContaining(['attempt failed: retry scheduled', 'failed: no attempts left']),
  );
  expect(JSON.stringify(last)).not.toContain(app.storageDir);
});
