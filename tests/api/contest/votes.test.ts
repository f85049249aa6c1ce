import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import {
  type Fan,
  gather,
  gatherModerator,
  gatherOne,
  projected,
  publishVideo,
  reachesRedis,
} from '../../kit/contest/create-users.ts';
import { rankingPage } from '../../kit/contest/rankings.ts';
import { findVideoRow, insertVideo, toRowId } from '../../kit/contest/videos.ts';
import { castVote, findMiscounts, withdrawVote } from '../../kit/contest/votes.ts';

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
let player: Fan;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  player = await gatherOne(app);
  videoId = await publishVideo(app.database, player);
});
afterAll(() => app?.stop());

const votedFor = async (ids: string[], caller: { token?: string }) =>
  (await app.graphql(VOTED, { ids }, caller)).data.nodes.map(
    node => node && 'id' in node && node.viewerHasVoted,
  );

test('a vote counts once, shows at once, and can be taken back once', async () => {
  const fan = await gatherOne(app);
  const before = (await findVideoRow(app, videoId))?.votes ?? Number.NaN;
  const counted = { __typename: 'Video', id: videoId, votes: before + 1, viewerHasVoted: true };
  expect(await castVote(app, fan, videoId)).toEqual(counted);
  expect(await castVote(app, fan, videoId)).toMatchObject({
    __typename: 'AlreadyVoted',
    code: 'ALREADY_VOTED',
  });
  const back = { __typename: 'Video', id: videoId, votes: before, viewerHasVoted: false };
  expect(await withdrawVote(app, fan, videoId)).toEqual(back);
  expect(await withdrawVote(app, fan, videoId)).toMatchObject({ __typename: 'NotVoted', code: 'NOT_VOTED' });
  expect(await castVote(app, fan, videoId)).toEqual(counted);
  expect(await findMiscounts(app.database)).toEqual([]);
});

test('nobody votes for an own video', async () => {
  expect(await castVote(app, player, videoId)).toMatchObject({ __typename: 'OwnVideo', code: 'OWN_VIDEO' });
  expect(await withdrawVote(app, player, videoId)).toMatchObject({ __typename: 'NotVoted' });
});

test('refuses a vote for a video that is not there for everybody', async () => {
  const fan = await gatherOne(app);
  const unseen = await Promise.all([
    insertVideo(app.database, player, { status: 'UPLOADED' }),
    insertVideo(app.database, player, { status: 'PROCESSING' }),
    insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_SHORT' }),
    insertVideo(app.database, player, { status: 'PROCESSED', hiddenAt: new Date() }),
    encodeId('Video', randomUUID()),
  ]);
  for (const id of unseen) {
    expect(await castVote(app, fan, id)).toMatchObject({
      __typename: 'VideoNotPublished',
      code: 'VIDEO_NOT_PUBLISHED',
    });
  }
  expect(await castVote(app, player, unseen[0])).toMatchObject({ __typename: 'VideoNotPublished' });
});

test('only players vote, and only for what is a video', async () => {
  const [stranger, wrongType, noId] = await Promise.all([
    app.graphql(`mutation { castVote(videoId: "${videoId}") { __typename } }`),
    app.graphql(`mutation { castVote(videoId: "${player.id}") { __typename } }`, {}, player),
    app.graphql(`mutation { castVote(videoId: "video") { __typename } }`, {}, player),
  ]);
  expect(stranger.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(wrongType.errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
  expect(wrongType.data).toBeNull();
  expect(noId.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('aliases in one document give one vote, and each knows how the one before it ended', async () => {
  const fan = await gatherOne(app);
  const own = await publishVideo(app.database, player);
  const fields = '{ __typename ... on Video { votes viewerHasVoted } }';
  const casts = Array.from({ length: 12 }, (_, n) => `c${n}: castVote(videoId: "${own}") ${fields}`);
  const back = `back: withdrawVote(videoId: "${own}") ${fields}`;
  const { data } = await app.graphql(`mutation { ${casts.join(' ')} ${back} }`, {}, fan);
  const [first, ...others] = Object.values(data);
  expect(first).toEqual({ __typename: 'Video', votes: 1, viewerHasVoted: true });
  expect(others.pop()).toEqual({ __typename: 'Video', votes: 0, viewerHasVoted: false });
  expect(others).toEqual(Array.from({ length: 11 }, () => ({ __typename: 'AlreadyVoted' })));
});

test('viewerHasVoted is the viewer’s own, and false for anyone', async () => {
  const [one, other] = await gather(app, 2);
  if (!one || !other) throw new Error('Nobody came');
  const ids = [videoId, await publishVideo(app.database, player)];
  await castVote(app, one, videoId);
  expect(await votedFor(ids, one)).toEqual([true, false]);
  expect(await votedFor(ids, other)).toEqual([false, false]);
  expect(await votedFor(ids, {})).toEqual([false, false]);
});

test('keeps with each vote what a later review needs: its time, the age of the account, and a hash that is no address', async () => {
  const fan = await gatherOne(app);
  await castVote(app, fan, videoId);
  const rows = await app.database.em
    .fork()
    .execute<{ network_hash: string; voter_age_seconds: number; late: number }[]>(
      `select network_hash, voter_age_seconds, extract(epoch from clock_timestamp() - cast_at)::float as late
         from votes where voter_id = ?`,
      [toRowId(fan.id)],
    );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.network_hash).toMatch(/^[\w-]{43}$/);
  expect(rows[0]?.voter_age_seconds).toBeLessThan(60);
  expect(rows[0]?.late).toBeLessThan(10);
});

describe('myVotes', () => {
  test('pages through the viewer’s votes, the latest first, in both directions', async () => {
    const fan = await gatherOne(app);
    const cast: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      cast.unshift(await publishVideo(app.database, player));
      await castVote(app, fan, cast[0] ?? '');
    }
    const page = async (args: object) => {
      const { me } = (await app.graphql(MINE, args, fan)).data;
      if (!me) throw new Error('Nobody is asking');
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

  test('keeps a vote for a hidden video, without the video', async () => {
    const fan = await gatherOne(app);
    const hidden = await publishVideo(app.database, player);
    await castVote(app, fan, hidden);
    await app.database.em
      .fork()
      .execute('update videos set hidden_at = now() where id = ?', [toRowId(hidden)]);
    const { data } = await app.graphql(MINE, {}, fan);
    expect(data.me?.myVotes.nodes).toEqual([{ castAt: expect.any(String), videoId: hidden, video: null }]);
  });

  test('gives the vote for a hidden video back, and tells of the video only who may see it', async () => {
    const [fan, moderator] = await Promise.all([gatherOne(app), gatherModerator(app)]);
    const hidden = await publishVideo(app.database, player);
    for (const voter of [fan, moderator]) await castVote(app, voter, hidden);
    await app.database.em
      .fork()
      .execute('update videos set hidden_at = now() where id = ?', [toRowId(hidden)]);
    expect(await withdrawVote(app, fan, hidden)).toEqual({ __typename: 'VoteWithdrawn', videoId: hidden });
    expect(await withdrawVote(app, fan, hidden)).toMatchObject({ __typename: 'NotVoted' });
    expect(await withdrawVote(app, moderator, hidden)).toMatchObject({ __typename: 'Video', votes: 0 });
  });

  test('shows nothing of a video that is hidden while a vote for it is counted', async () => {
    const [fan, own] = [await gatherOne(app), await publishVideo(app.database, player)];
    const em = app.database.em.fork();
    await em.execute(
      `create function hide_voted() returns trigger language plpgsql as
         $$ begin update videos set hidden_at = now() where id = new.video_id; return new; end $$;
       create trigger hide_voted after insert on votes for each row execute function hide_voted()`,
    );
    expect(await castVote(app, fan, own)).toMatchObject({ __typename: 'VideoNotPublished' });
    await em.execute('drop trigger hide_voted on votes; drop function hide_voted');
  });
});

test('votesRemaining is null where there is no limit', async () => {
  const { data } = await app.graphql(MINE, {}, player);
  expect(data.me?.votesRemaining).toBeNull();
});

test('votes count and are ranked while Redis is away, and the boards have them when it is back', async () => {
  const late = await gatherOne(app, 'Mocoa');
  const lateVideo = await publishVideo(app.database, late);
  const fan = await gatherOne(app);
  const shown = async () => (await rankingPage(app, { city: 'Mocoa' })).edges.map(({ node }) => node.votes);
  await withoutRedis(app, async () => {
    expect(await castVote(app, fan, lateVideo)).toMatchObject({ __typename: 'Video', votes: 1 });
    expect(await castVote(app, fan, lateVideo)).toMatchObject({ __typename: 'AlreadyVoted' });
    expect(await shown()).toEqual([1]);
  });
  await reachesRedis(app);
  await projected(app);
  expect(await shown()).toEqual([1]);
});
