import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createModerator, createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { readRankingPage } from '../../kit/contest/rankings.ts';
import { findVideoRow, insertVideo, publishVideo } from '../../kit/contest/videos.ts';
import { castVote, findCounterMismatches } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';

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
let moderator: TestUser;
let player: TestUser;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  [moderator, player] = await Promise.all([createModerator(app), createUser(app)]);
  videoId = await publishVideo(app.database, player);
});
afterAll(() => app?.stop());

const getAuditTrail = async (id: string, caller: TestUser) => app.graphql(TRAIL, { id }, caller);

test('hideVideo removes a video and its votes from public lists until it is restored, and both are audited', async () => {
  const voter = await createUser(app);
  await castVote(app, voter, videoId);
  await waitForLeaderboard(app);
  expect((await readRankingPage(app, {})).edges).toMatchObject([
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
  expect(await castVote(app, await createUser(app), videoId)).toMatchObject({
    __typename: 'VideoNotPublished',
  });
  await waitForLeaderboard(app);
  expect(await readRankingPage(app, {})).toMatchObject({ edges: [], totalCount: 0 });
  expect((await getAuditTrail(videoId, voter)).data.video).toBeNull();

  const restored = await app.graphql(RESTORE, { videoId, reason: 'A misunderstanding' }, moderator);
  expect(restored.data.restoreVideo).toEqual({ __typename: 'Video', id: videoId, hidden: false, votes: 1 });
  await waitForLeaderboard(app);
  expect((await readRankingPage(app, {})).edges).toMatchObject([{ node: { votes: 1 } }]);
  expect(await findCounterMismatches(app.database)).toEqual([]);

  const { data } = await getAuditTrail(videoId, moderator);
  const entry = { at: expect.any(String), actor: { id: moderator.id } };
  // Hiding a hidden video changes nothing and is not audited.
  expect(data.video?.auditTrail).toEqual([
    { ...entry, action: 'RESTORE_VIDEO', reason: 'A misunderstanding' },
    { ...entry, action: 'HIDE_VIDEO', reason: 'Not basketball' },
  ]);
});

test('hiddenReason returns the latest reason to the owner while the video is hidden', async () => {
  const owner = await createUser(app);
  const ids = [await publishVideo(app.database, owner), await publishVideo(app.database, owner)];
  for (const reason of ['Music that is not yours', 'Somebody else’s face']) {
    for (const id of ids) {
      await app.graphql(HIDE, { videoId: id, reason }, moderator);
      if (reason.startsWith('Music')) await app.graphql(RESTORE, { videoId: id, reason: 'Fixed' }, moderator);
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

test('restoreVideo keeps the time at which the player reached the total', async () => {
  const [first, second, voter] = await Promise.all([createUser(app), createUser(app), createUser(app)]);
  const [firstVideo, secondVideo] = [
    await publishVideo(app.database, first),
    await publishVideo(app.database, second),
  ];
  await castVote(app, voter, firstVideo);
  await castVote(app, voter, secondVideo);
  const order = async () => {
    await waitForLeaderboard(app);
    return (await readRankingPage(app, {})).ids.filter(id => [first.id, second.id].includes(id));
  };
  const before = await order();
  expect(before).toHaveLength(2);

  await app.graphql(HIDE, { videoId: firstVideo, reason: 'A second look' }, moderator);
  expect(await order()).toEqual(before.slice(1));
  await app.graphql(RESTORE, { videoId: firstVideo, reason: 'All is well' }, moderator);
  expect(await order()).toEqual(before);
});

test('moderation mutations return VideoNotFound for a missing video', async () => {
  const missing = { videoId: encodeId('Video', randomUUID()), reason: 'Try' };
  const results = await Promise.all([
    app.graphql(HIDE, missing, moderator).then(({ data }) => data.hideVideo),
    app.graphql(RESTORE, missing, moderator).then(({ data }) => data.restoreVideo),
    app.graphql(REQUEUE, missing, moderator).then(({ data }) => data.requeueVideo),
  ]);
  expect(results).toEqual(results.map(() => ({ __typename: 'VideoNotFound', code: 'VIDEO_NOT_FOUND' })));
});

test.each(['', '   ', 'x'.repeat(501), 'Not\u0000text', 'Turned \u202eround'])(
  'moderation mutations require a reason of 1 to 500 valid characters (%#)',
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

test('moderation mutations and auditTrail require a moderator, also for the owner’s video', async () => {
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
  expect((await getAuditTrail(failed, player)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await findVideoRow(app, failed)).toMatchObject({ status: 'FAILED', hiddenAt: null });
});
