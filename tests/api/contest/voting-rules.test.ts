import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createUser, createUsers, NO_LIMITS } from '../../kit/contest/create-users.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { publishVideo, publishVideos } from '../../kit/contest/videos.ts';
import { castVote, countByTypename, findCounterMismatches, withdrawVote } from '../../kit/contest/votes.ts';
import { waitForRedis } from '../../kit/contest/waits.ts';

const REMAINING = graphql(
  `query VotesRemaining { me { votesRemaining } contest { phase maxVotesPerPlayer } }`,
);

let app: App;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
});
afterAll(() => app?.stop());
const fromNow = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

test('counts exactly MAX_VOTES_PER_PLAYER of 50 concurrent votes through two APIs', async () => {
  const limit = { MAX_VOTES_PER_PLAYER: '3' };
  await using first = await startSecondApi(app, limit);
  await using second = await startSecondApi(app, limit);
  const [voter, ...players] = await createUsers(app, 51);
  if (!voter) throw new Error('A user is missing');
  const videoIds = await publishVideos(app.database, players);
  const remaining = async () => (await first.graphql(REMAINING, {}, voter)).data.me?.votesRemaining;
  expect(await remaining()).toBe(3);

  const results = await Promise.all(
    videoIds.map((id, n) => castVote(n % 2 === 0 ? first : second, voter, id)),
  );
  expect(countByTypename(results)).toEqual({ Video: 3, VoteLimitReached: 47 });
  expect(results).toContainEqual(expect.objectContaining({ code: 'VOTE_LIMIT_REACHED', limit: 3 }));
  expect(await remaining()).toBe(0);

  const counted = results.find(result => result.__typename === 'Video');
  const withdrawn = counted && 'id' in counted ? counted.id : '';
  expect(await castVote(first, voter, withdrawn)).toMatchObject({ __typename: 'AlreadyVoted' });
  expect(await withdrawVote(second, voter, withdrawn)).toMatchObject({ __typename: 'Video', votes: 0 });
  expect(await remaining()).toBe(1);
  const again = await Promise.all(videoIds.map((id, n) => castVote(n % 2 === 0 ? first : second, voter, id)));
  expect(countByTypename(again)).toEqual({ Video: 1, AlreadyVoted: 2, VoteLimitReached: 47 });
  expect(await findCounterMismatches(app.database)).toEqual([]);
});

test('castVote and withdrawVote return VotingClosed before the voting opens', async () => {
  await using api = await startSecondApi(app, { VOTING_OPENS_AT: fromNow(60_000) });
  const videoId = await publishVideo(app.database, await createUser(app));
  const voter = await createUser(app);
  expect(await castVote(api, voter, videoId)).toMatchObject({
    __typename: 'VotingClosed',
    code: 'VOTING_CLOSED',
  });
  expect(await withdrawVote(api, voter, videoId)).toMatchObject({ __typename: 'VotingClosed' });
  expect((await api.graphql(REMAINING)).data.contest).toEqual({
    phase: 'NOT_YET_OPEN',
    maxVotesPerPlayer: null,
  });
});

test('the first counted vote is cast after VOTING_OPENS_AT', async () => {
  const videoId = await publishVideo(app.database, await createUser(app));
  const voter = await createUser(app);
  const opensAt = fromNow(1500);
  await using api = await startSecondApi(app, { VOTING_OPENS_AT: opensAt });
  let result = await castVote(api, voter, videoId);
  while (result.__typename === 'VotingClosed') result = await castVote(api, voter, videoId);
  expect(result.__typename).toBe('Video');
  const rows = await app.database.em
    .fork()
    .execute('select cast_at >= ?::timestamptz as in_time from votes where video_id = ?', [
      opensAt,
      toRowId(videoId),
    ]);
  expect(rows).toEqual([{ in_time: true }]);
});

test('concurrent votes through two APIs stop exactly at VOTING_CLOSES_AT by the database clock', async () => {
  const voters = await createUsers(app, 24);
  const videoIds = await publishVideos(app.database, await createUsers(app, 40));
  const closesAt = fromNow(3000);
  const apis = await Promise.all([1, 2].map(() => startSecondApi(app, { VOTING_CLOSES_AT: closesAt })));

  // Each voter votes for one video after the other, then withdraws the votes, until two responses are
  // VotingClosed.
  const counted = new Set<string>();
  const vote = async (voter: (typeof voters)[number], n: number) => {
    for (let late = 0, at = 0; late < 2; at += 1) {
      const [api = app, videoId = ''] = [apis[(n + at) % 2], videoIds[at % videoIds.length]];
      const pair = `${toRowId(voter.id)} ${toRowId(videoId)}`;
      const isCounted = counted.has(pair);
      const { __typename } = await (isCounted ? withdrawVote : castVote)(api, voter, videoId);
      if (__typename === 'VotingClosed') late += 1;
      else if (__typename !== 'Video') throw new Error(`Neither counted nor late: ${__typename}`);
      else if (isCounted) counted.delete(pair);
      else counted.add(pair);
    }
  };
  await Promise.all(voters.map(vote));

  const rows = await app.database.em.fork().execute<{ pair: string; early: boolean }[]>(
    `select voter_id || ' ' || video_id as pair, cast_at < ?::timestamptz as early
         from votes where voter_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
    [closesAt, JSON.stringify(voters.map(({ id }) => toRowId(id)))],
  );
  expect(rows.filter(({ early }) => !early)).toEqual([]);
  expect(rows.map(({ pair }) => pair).toSorted()).toEqual([...counted].toSorted());
  expect(await findCounterMismatches(app.database)).toEqual([]);
  await Promise.all(apis.map(api => api.stop()));
});

test('each vote counts against the account’s rate limit, also in one request', async () => {
  await using api = await startSecondApi(app, { VOTES_PER_MINUTE: '10' });
  await waitForRedis(api);
  const videoId = await publishVideo(app.database, await createUser(app));
  const [voter, other] = await createUsers(app, 2);
  if (!voter || !other) throw new Error('A user is missing');
  const aliases = Array.from(
    { length: 14 },
    (_, n) => `v${n}: castVote(videoId: "${videoId}") { __typename }`,
  );
  const { data } = await api.graphql<Record<string, { __typename: string }>>(
    `mutation { ${aliases.join(' ')} }`,
    {},
    voter,
  );
  expect(countByTypename(Object.values(data))).toEqual({ Video: 1, AlreadyVoted: 9, TooManyAttempts: 4 });
  const rejected = await withdrawVote(api, voter, videoId);
  expect(rejected).toMatchObject({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
  const seconds = 'retryAfterSeconds' in rejected ? rejected.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(await castVote(api, other, videoId)).toMatchObject({ __typename: 'Video', votes: 2 });
});

test('a network has its own rate limit, and one account uses at most its own limit of it', async () => {
  await using api = await startSecondApi(app, { VOTES_PER_MINUTE: '5', VOTES_PER_MINUTE_PER_NETWORK: '8' });
  await waitForRedis(api);
  // Resets the limit of the network, which the other tests share.
  const redis = new Redis(app.redis.url);
  await redis.flushall();
  redis.disconnect();
  const videoId = await publishVideo(app.database, await createUser(app));
  const [greedy, ...family] = await createUsers(app, 5);
  if (!greedy) throw new Error('A user is missing');
  await Promise.all(Array.from({ length: 20 }, () => castVote(api, greedy, videoId)));
  const results = await Promise.all(family.map(voter => castVote(api, voter, videoId)));
  expect(countByTypename(results)).toEqual({ Video: 3, TooManyAttempts: 1 });
});
