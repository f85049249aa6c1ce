import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { claimVideo, failVideo } from '../../../src/videos/processing/record-processing.ts';
import { processVideoJob } from '../../../src/videos/processing/video.jobs.ts';
import { Video } from '../../../src/videos/video.entity.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  type Fan,
  gatherModerator,
  gatherOne,
  projected,
  publishVideo,
} from '../../kit/contest/create-users.ts';
import { openRecording } from '../../kit/contest/processing.ts';
import { rankingPage } from '../../kit/contest/rankings.ts';
import { findVideoRow, insertVideo, toRowId } from '../../kit/contest/videos.ts';
import { castVote, findMiscounts } from '../../kit/contest/votes.ts';

const HIDE = graphql(`
  mutation ModerateHide($videoId: ID!, $reason: String!) {
    hideVideo(videoId: $videoId, reason: $reason) {
      __typename
      ... on Video { id hidden processedUrl }
      ... on Error { code }
      ... on InvalidInput { problems { path message } }
    }
  }
`);
const RESTORE = graphql(`
  mutation ModerateRestore($videoId: ID!, $reason: String!) {
    restoreVideo(videoId: $videoId, reason: $reason) {
      __typename
      ... on Video { id hidden votes }
      ... on Error { code }
      ... on InvalidInput { problems { path } }
    }
  }
`);
const REQUEUE = graphql(`
  mutation ModerateRequeue($videoId: ID!, $reason: String!) {
    requeueVideo(videoId: $videoId, reason: $reason) {
      __typename
      ... on Video { id status failure { reason } }
      ... on Error { code }
      ... on InvalidInput { problems { path } }
    }
  }
`);
const REASONS = graphql(`
  query ModerationReasons { me { player { videos { nodes { hiddenReason } } } } }
`);
const TRAIL = graphql(`
  query ModerationTrail($id: ID!) {
    video(id: $id) { auditTrail { at action reason actor { id } } }
  }
`);

let app: App;
let moderator: Fan;
let player: Fan;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  [moderator, player] = await Promise.all([gatherModerator(app), gatherOne(app)]);
  videoId = await publishVideo(app.database, player);
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
const trailOf = async (id: string, caller: Fan) => app.graphql(TRAIL, { id }, caller);

test('a hidden video and its votes are gone for everybody until it is restored, with who, when and why on record', async () => {
  const fan = await gatherOne(app);
  await castVote(app, fan, videoId);
  await projected(app);
  expect((await rankingPage(app, {})).edges).toMatchObject([
    { node: { votes: 1, player: { id: player.id } } },
  ]);

  const hidden = await app.graphql(HIDE, { videoId, reason: '  Not basketball  ' }, moderator);
  expect(hidden.data.hideVideo).toEqual({
    __typename: 'Video',
    id: videoId,
    hidden: true,
    processedUrl: null,
  });
  const again = await app.graphql(HIDE, { videoId, reason: 'Once more' }, moderator);
  expect(again.data.hideVideo).toMatchObject({ hidden: true });
  expect(await castVote(app, await gatherOne(app), videoId)).toMatchObject({
    __typename: 'VideoNotPublished',
  });
  await projected(app);
  expect(await rankingPage(app, {})).toMatchObject({ edges: [], totalCount: 0 });
  expect((await trailOf(videoId, fan)).data.video).toBeNull();

  const restored = await app.graphql(RESTORE, { videoId, reason: 'A misunderstanding' }, moderator);
  expect(restored.data.restoreVideo).toEqual({ __typename: 'Video', id: videoId, hidden: false, votes: 1 });
  await projected(app);
  expect((await rankingPage(app, {})).edges).toMatchObject([{ node: { votes: 1 } }]);
  expect(await findMiscounts(app.database)).toEqual([]);

  const { data } = await trailOf(videoId, moderator);
  const entry = { at: expect.any(String), actor: { id: moderator.id } };
  // Hiding what was hidden did nothing, so nothing is on record.
  expect(data.video?.auditTrail).toEqual([
    { ...entry, action: 'RESTORE_VIDEO', reason: 'A misunderstanding' },
    { ...entry, action: 'HIDE_VIDEO', reason: 'Not basketball' },
  ]);
});

test('the owner of a hidden video is told the latest reason while it is hidden', async () => {
  const owner = await gatherOne(app);
  const ids = [await publishVideo(app.database, owner), await publishVideo(app.database, owner)];
  for (const reason of ['Music that is not yours', 'Somebody else’s face']) {
    for (const id of ids) {
      await app.graphql(HIDE, { videoId: id, reason }, moderator);
      if (reason.startsWith('Music'))
        await app.graphql(RESTORE, { videoId: id, reason: 'Mended' }, moderator);
    }
  }
  const shown = async () => {
    const { data } = await app.graphql(REASONS, {}, owner);
    return data.me?.player.videos.nodes.map(({ hiddenReason }) => hiddenReason);
  };
  expect(await shown()).toEqual(['Somebody else’s face', 'Somebody else’s face']);
  await app.graphql(RESTORE, { videoId: ids[1] ?? '', reason: 'Fine now' }, moderator);
  expect(await shown()).toEqual([null, 'Somebody else’s face']);
});

test('a player whose video is hidden and restored is still the one who reached the total first', async () => {
  const [first, second, fan] = await Promise.all([gatherOne(app), gatherOne(app), gatherOne(app)]);
  const [firstVideo, secondVideo] = [
    await publishVideo(app.database, first),
    await publishVideo(app.database, second),
  ];
  await castVote(app, fan, firstVideo);
  await castVote(app, fan, secondVideo);
  const order = async () => {
    await projected(app);
    return (await rankingPage(app, {})).ids.filter(id => [first.id, second.id].includes(id));
  };
  const before = await order();
  expect(before).toHaveLength(2);

  await app.graphql(HIDE, { videoId: firstVideo, reason: 'A second look' }, moderator);
  expect(await order()).toEqual(before.slice(1));
  await app.graphql(RESTORE, { videoId: firstVideo, reason: 'All is well' }, moderator);
  expect(await order()).toEqual(before);
});

test('a failed video that a moderator requeues waits for a worker again, with a new set of attempts', async () => {
  await using recording = await openRecording(app);
  await using queue = openQueue();
  const failed = await insertVideo(app.database, player);
  const id = toRowId(failed);
  const claim = await claimVideo(recording, id, { leaseSeconds: 60, maxWorkerDeaths: 2 });
  if (claim === null) throw new Error('The video is not to be had');
  await failVideo(recording, claim, 'INTERNAL');
  // As many as make a video nobody tries again: it is the moderator who says that it was not to blame.
  await app.database.em.fork().nativeUpdate(Video, id, { workerDeaths: 2 });
  const events = app.follow(failed, player);

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
  await eventually(
    async () => (await queue.getJob(processVideoJob.id({ videoId: id, attempt: 1 }))) !== undefined,
  );
  expect(await claimVideo(recording, id, { leaseSeconds: 60, maxWorkerDeaths: 2 })).toMatchObject({
    attempt: 2,
    attemptLimit: 4,
  });
  // The worker of the first life has nothing to say any more.
  expect(await failVideo(recording, claim, 'INTERNAL')).toBe(false);
  const trail = (await trailOf(failed, moderator)).data.video?.auditTrail;
  expect(trail).toMatchObject([{ action: 'REQUEUE_VIDEO', reason: 'The disk was full' }]);
});

test('only a failed video can be requeued, and only one that exists can be decided on', async () => {
  const waiting = await insertVideo(app.database, player);
  for (const id of [waiting, videoId]) {
    const { data } = await app.graphql(REQUEUE, { videoId: id, reason: 'Try' }, moderator);
    expect(data.requeueVideo).toEqual({ __typename: 'VideoNotFailed', code: 'VIDEO_NOT_FAILED' });
    expect((await trailOf(id, moderator)).data.video?.auditTrail.some(({ reason }) => reason === 'Try')).toBe(
      false,
    );
  }
  const nothing = { videoId: encodeId('Video', randomUUID()), reason: 'Try' };
  const answers = await Promise.all([
    app.graphql(HIDE, nothing, moderator).then(({ data }) => data.hideVideo),
    app.graphql(RESTORE, nothing, moderator).then(({ data }) => data.restoreVideo),
    app.graphql(REQUEUE, nothing, moderator).then(({ data }) => data.requeueVideo),
  ]);
  expect(answers).toEqual(answers.map(() => ({ __typename: 'VideoNotFound', code: 'VIDEO_NOT_FOUND' })));
});

test.each(['', '   ', 'x'.repeat(501), 'Not\u0000text', 'Turned \u202eround'])(
  'every decision needs a reason of 1 to 500 characters of text (%#)',
  async reason => {
    for (const document of [HIDE, RESTORE, REQUEUE] as const) {
      const { data } = await app.graphql<Record<string, unknown>, unknown>(
        document.toString(),
        { videoId, reason },
        moderator,
      );
      expect(Object.values(data)).toMatchObject([
        { __typename: 'InvalidInput', code: 'INVALID_INPUT', problems: [{ path: ['reason'] }] },
      ]);
    }
    expect((await findVideoRow(app, videoId))?.hiddenAt).toBeNull();
  },
);

test('nobody but moderators decides, or reads the record, not even on an own video', async () => {
  const failed = await insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_SHORT' });
  for (const [caller, code] of [
    [{}, 'UNAUTHENTICATED'],
    [player, 'FORBIDDEN'],
  ] as const) {
    for (const document of [HIDE, RESTORE, REQUEUE] as const) {
      const { data, errors } = await app.graphql(
        document.toString(),
        { videoId: failed, reason: 'Mine' },
        caller,
      );
      expect(errors).toMatchObject([{ extensions: { code } }]);
      expect(data).toBeNull();
    }
  }
  expect((await trailOf(failed, player)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await findVideoRow(app, failed)).toMatchObject({ status: 'FAILED', hiddenAt: null });
});
