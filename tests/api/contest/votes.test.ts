import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { createModerator, createUser, createUsers, type TestUser } from '../../kit/contest/create-users.ts';
import { readRankingPage } from '../../kit/contest/rankings.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo, publishVideo } from '../../kit/contest/videos.ts';
import { castVote, findCounterMismatches, withdrawVote } from '../../kit/contest/votes.ts';
import { waitForLeaderboard, waitForRedis } from '../../kit/contest/waits.ts';

const MINE = graphql(`
  query MyVotes($first: Int, $after: String, $last: Int, $before: String) {
    me {
      votesRemaining
      myVotes(first: $first, after: $after, last: $last, before: $before) {
        nodes { castAt videoId video { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);

const VOTED = graphql(`
  query ViewerHasVoted($ids: [ID!]!) { nodes(ids: $ids) { ... on Video { id viewerHasVoted } } }
`);

let app: App;
let player: TestUser;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  player = await createUser(app);
  videoId = await publishVideo(app.database, player);
});
afterAll(() => app?.stop());

const votedFor = async (ids: string[], caller: { token?: string }) =>
  (await app.graphql(VOTED, { ids }, caller)).data.nodes.map(
    node => node && 'id' in node && node.viewerHasVoted,
  );

test('castVote counts a vote once and returns the new total, and withdrawVote removes it once', async () => {
  const voter = await createUser(app);
  const before = (await findVideoRow(app, videoId))?.votes ?? Number.NaN;
  const counted = { __typename: 'Video', id: videoId, votes: before + 1, viewerHasVoted: true };
  expect(await castVote(app, voter, videoId)).toEqual(counted);
  expect(await castVote(app, voter, videoId)).toMatchObject({
    __typename: 'AlreadyVoted',
    code: 'ALREADY_VOTED',
  });
  const withdrawn = { __typename: 'Video', id: videoId, votes: before, viewerHasVoted: false };
  expect(await withdrawVote(app, voter, videoId)).toEqual(withdrawn);
  expect(await withdrawVote(app, voter, videoId)).toMatchObject({
    __typename: 'NotVoted',
    code: 'NOT_VOTED',
  });
  expect(await castVote(app, voter, videoId)).toEqual(counted);
  expect(await findCounterMismatches(app.database)).toEqual([]);
});

test('castVote returns OwnVideo for the player’s own video', async () => {
  expect(await castVote(app, player, videoId)).toMatchObject({ __typename: 'OwnVideo', code: 'OWN_VIDEO' });
  expect(await withdrawVote(app, player, videoId)).toMatchObject({ __typename: 'NotVoted' });
});

test('castVote returns VideoNotPublished for unpublished, hidden and missing videos', async () => {
  const voter = await createUser(app);
  const unpublished = await Promise.all([
    insertVideo(app.database, player, { status: 'UPLOADED' }),
    insertVideo(app.database, player, { status: 'PROCESSING' }),
    insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_SHORT' }),
    insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() }),
    encodeId('Video', randomUUID()),
  ]);
  for (const id of unpublished) {
    expect(await castVote(app, voter, id)).toMatchObject({
      __typename: 'VideoNotPublished',
      code: 'VIDEO_NOT_PUBLISHED',
    });
  }
  expect(await castVote(app, player, unpublished[0])).toMatchObject({ __typename: 'VideoNotPublished' });
});

test('castVote rejects anonymous viewers and ids that are not of a video', async () => {
  const [anonymous, wrongType, noId] = await Promise.all([
    app.graphql(`mutation { castVote(videoId: "${videoId}") { __typename } }`),
    app.graphql(`mutation { castVote(videoId: "${player.id}") { __typename } }`, {}, player),
    app.graphql(`mutation { castVote(videoId: "video") { __typename } }`, {}, player),
  ]);
  expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(wrongType.errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
  expect(wrongType.data).toBeNull();
  expect(noId.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('aliased votes in one document execute in order and count one vote', async () => {
  const voter = await createUser(app);
  const own = await publishVideo(app.database, player);
  const fields = '{ __typename ... on Video { votes viewerHasVoted } }';
  const casts = Array.from({ length: 12 }, (_, n) => `c${n}: castVote(videoId: "${own}") ${fields}`);
  const withdrawn = `back: withdrawVote(videoId: "${own}") ${fields}`;
  const { data } = await app.graphql(`mutation { ${casts.join(' ')} ${withdrawn} }`, {}, voter);
  const [first, ...others] = Object.values(data);
  expect(first).toEqual({ __typename: 'Video', votes: 1, viewerHasVoted: true });
  expect(others.pop()).toEqual({ __typename: 'Video', votes: 0, viewerHasVoted: false });
  expect(others).toEqual(Array.from({ length: 11 }, () => ({ __typename: 'AlreadyVoted' })));
});

test('viewerHasVoted depends on the viewer and is false for anonymous viewers', async () => {
  const [first, second] = await createUsers(app, 2);
  if (!first || !second) throw new Error('A user is missing');
  const ids = [videoId, await publishVideo(app.database, player)];
  await castVote(app, first, videoId);
  expect(await votedFor(ids, first)).toEqual([true, false]);
  expect(await votedFor(ids, second)).toEqual([false, false]);
  expect(await votedFor(ids, {})).toEqual([false, false]);
});

test('castVote stores the time, the age of the account and a hash of the network', async () => {
  const voter = await createUser(app);
  await castVote(app, voter, videoId);
  const rows = await app.database.em
    .fork()
    .execute<{ network_hash: string; voter_age_seconds: number; late: number }[]>(
      `select network_hash, voter_age_seconds, extract(epoch from clock_timestamp() - cast_at)::float as late
         from votes where voter_id = ?`,
      [toRowId(voter.id)],
    );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.network_hash).toMatch(/^[\w-]{43}$/);
  expect(rows[0]?.voter_age_seconds).toBeLessThan(60);
  expect(rows[0]?.late).toBeLessThan(10);
});

describe('myVotes', () => {
  test('pages through the viewer’s votes, newest first, in both directions', async () => {
    const voter = await createUser(app);
    const cast: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      cast.unshift(await publishVideo(app.database, player));
      await castVote(app, voter, cast[0] ?? '');
    }
    const page = async (args: object) => {
      const { me } = (await app.graphql(MINE, args, voter)).data;
      if (!me) throw new Error('The viewer is not logged in');
      return { ids: me.myVotes.nodes.map(({ video }) => video?.id), ...me.myVotes.pageInfo };
    };
    expect((await page({})).ids).toEqual(cast);
    const first = await page({ first: 2 });
    expect(first).toMatchObject({ ids: cast.slice(0, 2), hasNextPage: true });
    const second = await page({ first: 2, after: first.endCursor });
    expect(second.ids).toEqual(cast.slice(2, 4));
    const third = await page({ first: 2, after: second.endCursor });
    expect(third).toMatchObject({ ids: cast.slice(4), hasNextPage: false });
    expect(await page({ last: 2 })).toMatchObject({ ids: cast.slice(3), hasPreviousPage: true });
    expect((await page({ last: 2, before: third.startCursor })).ids).toEqual(cast.slice(2, 4));
  });

  test('lists a vote for a hidden video without the video', async () => {
    const voter = await createUser(app);
    const hidden = await publishVideo(app.database, player);
    await castVote(app, voter, hidden);
    await app.database.em
      .fork()
      .execute('update videos set hidden_at = now() where id = ?', [toRowId(hidden)]);
    const { data } = await app.graphql(MINE, {}, voter);
    expect(data.me?.myVotes.nodes).toEqual([{ castAt: expect.any(String), videoId: hidden, video: null }]);
  });

  test('withdrawVote returns a hidden video only to viewers who may see it', async () => {
    const [voter, moderator] = await Promise.all([createUser(app), createModerator(app)]);
    const hidden = await publishVideo(app.database, player);
    for (const user of [voter, moderator]) await castVote(app, user, hidden);
    await app.database.em
      .fork()
      .execute('update videos set hidden_at = now() where id = ?', [toRowId(hidden)]);
    expect(await withdrawVote(app, voter, hidden)).toEqual({ __typename: 'VoteWithdrawn', videoId: hidden });
    expect(await withdrawVote(app, voter, hidden)).toMatchObject({ __typename: 'NotVoted' });
    expect(await withdrawVote(app, moderator, hidden)).toMatchObject({ __typename: 'Video', votes: 0 });
  });

  test('castVote returns VideoNotPublished if the video is hidden during the vote', async () => {
    const [voter, own] = [await createUser(app), await publishVideo(app.database, player)];
    const em = app.database.em.fork();
    await em.execute(
      `create function hide_voted() returns trigger language plpgsql as
         $$ begin update videos set hidden_at = now() where id = new.video_id; return new; end $$;
       create trigger hide_voted after insert on votes for each row execute function hide_voted()`,
    );
    expect(await castVote(app, voter, own)).toMatchObject({ __typename: 'VideoNotPublished' });
    await em.execute('drop trigger hide_voted on votes; drop function hide_voted');
  });
});

test('votesRemaining is null without a limit', async () => {
  const { data } = await app.graphql(MINE, {}, player);
  expect(data.me?.votesRemaining).toBeNull();
});

test('votes count and are ranked while Redis is unavailable, and appear in the leaderboards afterwards', async () => {
  const rankedPlayer = await createUser(app, 'Mocoa');
  const rankedVideo = await publishVideo(app.database, rankedPlayer);
  const voter = await createUser(app);
  const readVotes = async () =>
    (await readRankingPage(app, { city: 'Mocoa' })).edges.map(({ node }) => node.votes);
  await withoutRedis(app, async () => {
    expect(await castVote(app, voter, rankedVideo)).toMatchObject({ __typename: 'Video', votes: 1 });
    expect(await castVote(app, voter, rankedVideo)).toMatchObject({ __typename: 'AlreadyVoted' });
    expect(await readVotes()).toEqual([1]);
  });
  await waitForRedis(app);
  await waitForLeaderboard(app);
  expect(await readVotes()).toEqual([1]);
});
