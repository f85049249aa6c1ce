import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MachineClock } from '../../../scripts/process/machine-clock.mjs';
import { loadEnv } from '../../../src/env.ts';
import { hideVideo, restoreVideo } from '../../../src/moderation/hide-video.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';
import { createModerator, createUsers, NO_LIMITS, type TestUser } from '../../kit/contest/create-users.ts';
import { openProcessingDeps } from '../../kit/contest/processing-deps.ts';
import { type RankingTop, readNextTop, readRankingPage, subscribeToTop } from '../../kit/contest/rankings.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { publishVideos } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';

const MOVE = graphql(`
  mutation MoveToCity($city: String!) { updateProfile(input: { city: $city }) { __typename } }
`);

let app: App;
let second: Awaited<ReturnType<typeof startSecondApi>>;
let redis: Redis;
let cities = 0;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
  second = await startSecondApi(app);
  redis = new Redis(app.redis.url);
});
afterAll(async () => {
  redis?.disconnect();
  await second?.stop();
  await app?.stop();
});

// Each test has its own city, so the votes of other tests do not appear.
let city: string;
let players: TestUser[];
let videoIds: string[];
beforeEach(async () => {
  cities += 1;
  city = `Ciudad ${cities}`;
  players = await createUsers(app, 3, city);
  videoIds = await publishVideos(app.database, players);
  await waitForLeaderboard(app);
});
const listVotes = ({ entries }: RankingTop) => entries.map(({ votes }) => votes);
const listUsernames = ({ entries }: RankingTop) => entries.map(({ player }) => player.username);
const usernames = () => players.map(({ username }) => username);
const vote = async (videoId = '', count = 1, api: Pick<App, 'graphql'> = app) => {
  const voters = await createUsers(app, count, 'Elsewhere');
  await Promise.all(voters.map(voter => castVote(api, voter, videoId)));
};

test('sends the current top, then the change of a vote on another API within 1 s', async () => {
  const events = subscribeToTop(app, { city: city.toUpperCase(), top: 2 });
  const first = await readNextTop(events);
  expect(first.entries).toEqual([
    { position: 1, votes: 0, player: { username: usernames()[0], city } },
    { position: 2, votes: 0, player: { username: usernames()[1], city } },
  ]);
  const [voter] = await createUsers(app, 1);
  if (!voter) throw new Error('No user was created');
  await castVote(second, voter, videoIds[2] ?? '');
  using clock = new MachineClock();
  const changed = await readNextTop(events);
  expect(clock.seconds).toBeLessThan(1);
  expect(listUsernames(changed)).toEqual([usernames()[2], usernames()[0]]);
  expect(listVotes(changed)).toEqual([1, 0]);
  await events.return(undefined);
});

test('sends no event for a change outside the top or in another city', async () => {
  await vote(videoIds[0], 2);
  await waitForLeaderboard(app);
  const events = subscribeToTop(app, { city, top: 1 });
  expect(listVotes(await readNextTop(events))).toEqual([2]);
  await vote(videoIds[1]);
  const [elsewhere] = await createUsers(app, 1, 'Leticia');
  const [otherCityVideo] = await publishVideos(app.database, elsewhere ? [elsewhere] : []);
  await vote(otherCityVideo, 3);
  await waitForLeaderboard(app);
  // An event for either change would precede the next one.
  await vote(videoIds[0]);
  expect(listVotes(await readNextTop(events))).toEqual([3]);
  await events.return(undefined);
});

test('sends at most two events a second during a burst of votes, and the final state', async () => {
  const events = subscribeToTop(second, { city });
  await readNextTop(events);
  const voters = await createUsers(app, 100);
  const burst = (async () => {
    for (let n = 0; n < 100; n += 10) {
      await Promise.all(voters.slice(n, n + 10).map(voter => castVote(app, voter, videoIds[0] ?? '')));
    }
  })();
  const tops: RankingTop[] = [];
  while (tops.at(-1)?.entries[0]?.votes !== 100) tops.push(await readNextTop(events));
  await burst;
  const times = tops.map(({ at }) => Date.parse(at));
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  expect(Math.min(...gaps, 500)).toBeGreaterThan(490);
  expect(listVotes(tops[0] as RankingTop)[0]).toBeLessThan(100);
  await events.return(undefined);
});

test('sends an event to the subscribers of both cities when a player moves', async () => {
  const [oldCity, newCity] = [
    subscribeToTop(app, { city }),
    subscribeToTop(second, { city: `${city} Alta` }),
  ];
  expect(listUsernames(await readNextTop(oldCity))).toEqual(usernames());
  expect(listUsernames(await readNextTop(newCity))).toEqual([]);
  const movedPlayer = players[1];
  await app.graphql(MOVE, { city: `${city} Alta` }, movedPlayer);
  expect(listUsernames(await readNextTop(oldCity))).toEqual([usernames()[0], usernames()[2]]);
  expect(listUsernames(await readNextTop(newCity))).toEqual([usernames()[1]]);
  expect((await readRankingPage(app, { city })).ids).toEqual([players[0]?.id, players[2]?.id]);
  expect((await readRankingPage(app, { city: `${city} alta` })).ids).toEqual([movedPlayer?.id]);
  await Promise.all([oldCity, newCity].map(events => events.return(undefined)));
});

test('sends an event when a video is hidden and when it is restored', async () => {
  await using processing = await openProcessingDeps(app);
  const moderatorId = toRowId((await createModerator(app)).id);
  const moderation = { ...processing, rules: loadEnv(app.processEnv).contest };
  const action = { moderatorId, videoId: toRowId(videoIds[0] ?? ''), reason: 'a test' };
  await vote(videoIds[0], 2);
  await waitForLeaderboard(app);
  const events = subscribeToTop(app, { city });
  expect(listUsernames(await readNextTop(events))).toEqual(usernames());
  await hideVideo(moderation, action);
  expect(listUsernames(await readNextTop(events))).toEqual(usernames().slice(1));
  await restoreVideo(moderation, action);
  const back = await readNextTop(events);
  expect([listUsernames(back), listVotes(back)]).toEqual([usernames(), [2, 0, 0]]);
  await events.return(undefined);
});

test('reads a top once for all its subscribers and unsubscribes from Redis after the last', async () => {
  const topic = `board:city:${city.toLowerCase()}`;
  const countSubscribers = async () => Number((await redis.pubsub('NUMSUB', topic))[1]);
  const events = [
    subscribeToTop(app, { city }),
    subscribeToTop(app, { city }),
    subscribeToTop(app, { city, top: 3 }),
  ];
  await Promise.all(events.map(readNextTop));
  expect(await countSubscribers()).toBe(1);
  await Promise.all(events.slice(1).map(stream => stream.return(undefined)));
  await vote(videoIds[0]);
  expect(listVotes(await readNextTop(events[0] as AsyncGenerator<RankingTop>))).toEqual([1, 0, 0]);
  await events[0]?.return(undefined);
  await waitForCondition(async () => (await countSubscribers()) === 0);
});

test('returns BAD_USER_INPUT for a top of 0 or more than 100', async () => {
  for (const top of [0, 101]) {
    await expect(readNextTop(subscribeToTop(app, { top }))).rejects.toThrow('BAD_USER_INPUT');
  }
});
