import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import {
  gather,
  gatherOne,
  NO_LIMITS,
  publishVideo,
  publishVideos,
  reachesRedis,
  startSecondApi,
} from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/videos.ts';
import { castVote, countKinds, findMiscounts, withdrawVote } from '../../kit/contest/votes.ts';

const REMAINING = graphql(
  `query VotesRemaining { me { votesRemaining } contest { phase maxVotesPerPlayer } }`,
);

let app: App;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
});
afterAll(() => app?.stop());
const fromNow = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

test('of 50 votes at once through two APIs, a player with 3 votes gives exactly 3', async () => {
  const limit = { MAX_VOTES_PER_PLAYER: '3' };
  await using first = await startSecondApi(app, limit);
  await using second = await startSecondApi(app, limit);
  const [fan, ...players] = await gather(app, 51);
  if (!fan) throw new Error('Nobody came');
  const videoIds = await publishVideos(app.database, players);
  const remaining = async () => (await first.graphql(REMAINING, {}, fan)).data.me?.votesRemaining;
  expect(await remaining()).toBe(3);

  const answers = await Promise.all(videoIds.map((id, n) => castVote(n % 2 === 0 ? first : second, fan, id)));
  expect(countKinds(answers)).toEqual({ Video: 3, VoteLimitReached: 47 });
  expect(answers).toContainEqual(expect.objectContaining({ code: 'VOTE_LIMIT_REACHED', limit: 3 }));
  expect(await remaining()).toBe(0);

  const given = answers.find(answer => answer.__typename === 'Video');
  const withdrawn = given && 'id' in given ? given.id : '';
  expect(await castVote(first, fan, withdrawn)).toMatchObject({ __typename: 'AlreadyVoted' });
  expect(await withdrawVote(second, fan, withdrawn)).toMatchObject({ __typename: 'Video', votes: 0 });
  expect(await remaining()).toBe(1);
  const again = await Promise.all(videoIds.map((id, n) => castVote(n % 2 === 0 ? first : second, fan, id)));
  expect(countKinds(again)).toEqual({ Video: 1, AlreadyVoted: 2, VoteLimitReached: 47 });
  expect(await findMiscounts(app.database)).toEqual([]);
});

test('no vote counts before the voting opens', async () => {
  await using api = await startSecondApi(app, { VOTING_OPENS_AT: fromNow(60_000) });
  const videoId = await publishVideo(app.database, await gatherOne(app));
  const fan = await gatherOne(app);
  expect(await castVote(api, fan, videoId)).toMatchObject({
    __typename: 'VotingClosed',
    code: 'VOTING_CLOSED',
  });
  expect(await withdrawVote(api, fan, videoId)).toMatchObject({ __typename: 'VotingClosed' });
  expect((await api.graphql(REMAINING)).data.contest).toEqual({
    phase: 'NOT_YET_OPEN',
    maxVotesPerPlayer: null,
  });
});

test('the first vote that counts is cast when the voting opens, not before', async () => {
  const videoId = await publishVideo(app.database, await gatherOne(app));
  const fan = await gatherOne(app);
  const opensAt = fromNow(1500);
  await using api = await startSecondApi(app, { VOTING_OPENS_AT: opensAt });
  let answer = await castVote(api, fan, videoId);
  while (answer.__typename === 'VotingClosed') answer = await castVote(api, fan, videoId);
  expect(answer.__typename).toBe('Video');
  const rows = await app.database.em
    .fork()
    .execute('select cast_at >= ?::timestamptz as in_time from votes where video_id = ?', [
      opensAt,
      toRowId(videoId),
    ]);
  expect(rows).toEqual([{ in_time: true }]);
});

test('votes stop exactly at the deadline, by the database’s clock, while they pour in through two APIs', async () => {
  const fans = await gather(app, 24);
  const videoIds = await publishVideos(app.database, await gather(app, 40));
  const closesAt = fromNow(3000);
  const apis = await Promise.all([1, 2].map(() => startSecondApi(app, { VOTING_CLOSES_AT: closesAt })));

  // Each fan votes for one video after the other, then takes the votes back, until two answers came too late.
  const counted = new Set<string>();
  const vote = async (fan: (typeof fans)[number], n: number) => {
    for (let late = 0, at = 0; late < 2; at += 1) {
      const [api = app, videoId = ''] = [apis[(n + at) % 2], videoIds[at % videoIds.length]];
      const pair = `${toRowId(fan.id)} ${toRowId(videoId)}`;
      const back = counted.has(pair);
      const { __typename } = await (back ? withdrawVote : castVote)(api, fan, videoId);
      if (__typename === 'VotingClosed') late += 1;
      else if (__typename !== 'Video') throw new Error(`Neither counted nor late: ${__typename}`);
      else if (back) counted.delete(pair);
      else counted.add(pair);
    }
  };
  await Promise.all(fans.map(vote));

  const rows = await app.database.em.fork().execute<{ pair: string; early: boolean }[]>(
    `select voter_id || ' ' || video_id as pair, cast_at < ?::timestamptz as early
         from votes where voter_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
    [closesAt, JSON.stringify(fans.map(({ id }) => toRowId(id)))],
  );
  expect(rows.filter(({ early }) => !early)).toEqual([]);
  expect(rows.map(({ pair }) => pair).toSorted()).toEqual([...counted].toSorted());
  expect(await findMiscounts(app.database)).toEqual([]);
  await Promise.all(apis.map(api => api.stop()));
});

test('a vote costs one of the account’s, however many come in one request', async () => {
  await using api = await startSecondApi(app, { VOTES_PER_MINUTE: '10' });
  await reachesRedis(api);
  const videoId = await publishVideo(app.database, await gatherOne(app));
  const [fan, other] = await gather(app, 2);
  if (!fan || !other) throw new Error('Nobody came');
  const aliases = Array.from(
    { length: 14 },
    (_, n) => `v${n}: castVote(videoId: "${videoId}") { __typename }`,
  );
  const { data } = await api.graphql<Record<string, { __typename: string }>>(
    `mutation { ${aliases.join(' ')} }`,
    {},
    fan,
  );
  expect(countKinds(Object.values(data))).toEqual({ Video: 1, AlreadyVoted: 9, TooManyAttempts: 4 });
  const refused = await withdrawVote(api, fan, videoId);
  expect(refused).toMatchObject({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
  const seconds = 'retryAfterSeconds' in refused ? refused.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(await castVote(api, other, videoId)).toMatchObject({ __typename: 'Video', votes: 2 });
});

test('a network has a limit of its own, of which one account that asks without end takes no more than its share', async () => {
  await using api = await startSecondApi(app, { VOTES_PER_MINUTE: '5', VOTES_PER_MINUTE_PER_NETWORK: '8' });
  await reachesRedis(api);
  // Forgets the votes of the other tests, which came from the same network.
  const redis = new Redis(app.redis.url);
  await redis.flushall();
  redis.disconnect();
  const videoId = await publishVideo(app.database, await gatherOne(app));
  const [greedy, ...family] = await gather(app, 5);
  if (!greedy) throw new Error('Nobody came');
  await Promise.all(Array.from({ length: 20 }, () => castVote(api, greedy, videoId)));
  const answers = await Promise.all(family.map(fan => castVote(api, fan, videoId)));
  expect(countKinds(answers)).toEqual({ Video: 3, TooManyAttempts: 1 });
});
