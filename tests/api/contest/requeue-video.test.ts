import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimVideo } from '../../../src/videos/processing/claim-video.ts';
import { failVideo } from '../../../src/videos/processing/record-processing.ts';
import { processVideoJob } from '../../../src/videos/processing/video.jobs.ts';
import { Video } from '../../../src/videos/video.entity.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';
import { createModerator, createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { openProcessingDeps } from '../../kit/contest/processing-deps.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo, publishVideo } from '../../kit/contest/videos.ts';

const REQUEUE = graphql(`
  mutation RequeueVideo($videoId: ID!, $reason: String!) {
    requeueVideo(videoId: $videoId, reason: $reason) {
      __typename
      ... on Video { id status failure { reason } }
      ... on Error { code }
    }
  }
`);
const TRAIL = graphql(`
  query RequeueTrail($id: ID!) { video(id: $id) { auditTrail { action reason } } }
`);

let app: App;
let moderator: TestUser;
let player: TestUser;
beforeAll(async () => {
  app = await startApp();
  [moderator, player] = await Promise.all([createModerator(app), createUser(app)]);
});
afterAll(() => app?.stop());

const openQueue = () => {
  const connection = new Redis(app.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue(processVideoJob.queue, { connection });
  return Object.assign(queue, {
    async [Symbol.asyncDispose]() {
      await queue.close();
      connection.disconnect();
    },
  });
};
/** Returns the audited actions of a video with their reasons, newest first. */
const listReasons = async (id: string) => {
  const { data } = await app.graphql(TRAIL, { id }, moderator);
  return data.video?.auditTrail.map(({ action, reason }) => `${action}: ${reason}`);
};

test('requeueVideo queues a failed video again with new attempts', async () => {
  await using processing = await openProcessingDeps(app);
  await using queue = openQueue();
  const failed = await insertVideo(app.database, player);
  const id = toRowId(failed);
  const claim = await claimVideo(processing, id, { leaseSeconds: 60, maxWorkerDeaths: 2 });
  if (claim === null) throw new Error('The video cannot be claimed');
  await failVideo(processing, claim, 'INTERNAL');
  // The number of worker deaths at which a video is no longer retried; requeueVideo resets the count.
  await app.database.em.fork().nativeUpdate(Video, id, { workerDeaths: 2 });
  const events = app.subscribeToVideo(failed, player);

  const { data } = await app.graphql(REQUEUE, { videoId: failed, reason: 'The disk was full' }, moderator);
  expect(data.requeueVideo).toEqual({ __typename: 'Video', id: failed, status: 'UPLOADED', failure: null });
  expect(await findVideoRow(app, failed)).toMatchObject({
    attempt: 1,
    attemptLimit: 4,
    percent: 0,
    failureReason: null,
  });
  expect((await events.next()).value).toMatchObject({ status: 'UPLOADED', phase: 'QUEUED', failure: null });
  await events.return(undefined);
  await waitForCondition(
    async () => (await queue.getJob(processVideoJob.id({ videoId: id, attempt: 1 }))) !== undefined,
  );
  expect(await claimVideo(processing, id, { leaseSeconds: 60, maxWorkerDeaths: 2 })).toMatchObject({
    attempt: 2,
    attemptLimit: 4,
  });
  // The old claim is no longer valid.
  expect(await failVideo(processing, claim, 'INTERNAL')).toBe(false);
  expect(await listReasons(failed)).toEqual(['REQUEUE_VIDEO: The disk was full']);
});

test('requeueVideo returns VideoNotFailed for a video that has not failed', async () => {
  const waiting = await insertVideo(app.database, player);
  for (const id of [waiting, await publishVideo(app.database, player)]) {
    const { data } = await app.graphql(REQUEUE, { videoId: id, reason: 'Try' }, moderator);
    expect(data.requeueVideo).toEqual({ __typename: 'VideoNotFailed', code: 'VIDEO_NOT_FAILED' });
    expect(await listReasons(id)).not.toContain('REQUEUE_VIDEO: Try');
  }
});
