import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MachineClock } from '../../../scripts/process/machine-clock.mjs';
import { hideVideo, restoreVideo } from '../../../src/moderation/hide-video.ts';
import { loadEnv } from '../../../src/platform/config/env.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  type Fan,
  gather,
  gatherModerator,
  NO_LIMITS,
  projected,
  publishVideos,
  startSecondApi,
} from '../../kit/contest/create-users.ts';
import { openRecording } from '../../kit/contest/processing.ts';
import { followTop, nextTop, rankingPage, type Top } from '../../kit/contest/rankings.ts';
import { toRowId } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';

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

// A city of its own for each test: nobody else's votes are heard there.
let city: string;
let players: Fan[];
let videoIds: string[];
beforeEach(async () => {
  cities += 1;
  city = `Ciudad ${cities}`;
  players = await gather(app, 3, city);
  videoIds = await publishVideos(app.database, players);
  await projected(app);
});
const votesIn = ({ entries }: Top) => entries.map(({ votes }) => votes);
const namesIn = ({ entries }: Top) => entries.map(({ player }) => player.username);
const usernames = () => players.map(({ username }) => username);
const vote = async (videoId = '', count = 1, api: Pick<App, 'graphql'> = app) => {
  const fans = await gather(app, count, 'Elsewhere');
  await Promise.all(fans.map(fan => castVote(api, fan, videoId)));
};

test('sends the top as it is first, then as it has changed, also by a vote on another API within a second', async () => {
  const events = followTop(app, { city: city.toUpperCase(), top: 2 });
  const first = await nextTop(events);
  expect(first.entries).toEqual([
    { position: 1, votes: 0, player: { username: usernames()[0], city } },
    { position: 2, votes: 0, player: { username: usernames()[1], city } },
  ]);
  const [fan] = await gather(app, 1);
  if (!fan) throw new Error('Nobody came');
  await castVote(second, fan, videoIds[2] ?? '');
  using clock = new MachineClock();
  const changed = await nextTop(events);
  expect(clock.seconds).toBeLessThan(1);
  expect(namesIn(changed)).toEqual([usernames()[2], usernames()[0]]);
  expect(votesIn(changed)).toEqual([1, 0]);
  await events.return(undefined);
});

test('stays silent when something changes outside the top, or in another city', async () => {
  await vote(videoIds[0], 2);
  await projected(app);
  const events = followTop(app, { city, top: 1 });
  expect(votesIn(await nextTop(events))).toEqual([2]);
  await vote(videoIds[1]);
  const [elsewhere] = await gather(app, 1, 'Leticia');
  const [far] = await publishVideos(app.database, elsewhere ? [elsewhere] : []);
  await vote(far, 3);
  await projected(app);
  // Had either been sent, it would come before this.
  await vote(videoIds[0]);
  expect(votesIn(await nextTop(events))).toEqual([3]);
  await events.return(undefined);
});

test('sends at most two a second under a burst of votes, and the last one', async () => {
  const events = followTop(second, { city });
  await nextTop(events);
  const fans = await gather(app, 100);
  const burst = (async () => {
    for (let n = 0; n < 100; n += 10) {
      await Promise.all(fans.slice(n, n + 10).map(fan => castVote(app, fan, videoIds[0] ?? '')));
    }
  })();
  const tops: Top[] = [];
  while (tops.at(-1)?.entries[0]?.votes !== 100) tops.push(await nextTop(events));
  await burst;
  const times = tops.map(({ at }) => Date.parse(at));
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  expect(Math.min(...gaps, 500)).toBeGreaterThan(490);
  expect(votesIn(tops[0] as Top)[0]).toBeLessThan(100);
  await events.return(undefined);
});

test('tells followers of both cities that a player has moved', async () => {
  const [here, there] = [followTop(app, { city }), followTop(second, { city: `${city} Alta` })];
  expect(namesIn(await nextTop(here))).toEqual(usernames());
  expect(namesIn(await nextTop(there))).toEqual([]);
  const mover = players[1];
  await app.graphql(MOVE, { city: `${city} Alta` }, mover);
  expect(namesIn(await nextTop(here))).toEqual([usernames()[0], usernames()[2]]);
  expect(namesIn(await nextTop(there))).toEqual([usernames()[1]]);
  expect((await rankingPage(app, { city })).ids).toEqual([players[0]?.id, players[2]?.id]);
  expect((await rankingPage(app, { city: `${city} alta` })).ids).toEqual([mover?.id]);
  await Promise.all([here, there].map(events => events.return(undefined)));
});

test('shows at once that a video is hidden, and that it is back', async () => {
  await using recording = await openRecording(app);
  const moderatorId = toRowId((await gatherModerator(app)).id);
  const moderation = { ...recording, rules: loadEnv(app.processEnv).contest };
  const action = { moderatorId, videoId: toRowId(videoIds[0] ?? ''), reason: 'not a player' };
  await vote(videoIds[0], 2);
  await projected(app);
  const events = followTop(app, { city });
  expect(namesIn(await nextTop(events))).toEqual(usernames());
  await hideVideo(moderation, action);
  expect(namesIn(await nextTop(events))).toEqual(usernames().slice(1));
  await restoreVideo(moderation, action);
  const back = await nextTop(events);
  expect([namesIn(back), votesIn(back)]).toEqual([usernames(), [2, 0, 0]]);
  await events.return(undefined);
});

test('reads a top once for all its followers, and listens no longer than anybody follows', async () => {
  const topic = `board:city:${city.toLowerCase()}`;
  const subscribers = async () => Number((await redis.pubsub('NUMSUB', topic))[1]);
  const events = [followTop(app, { city }), followTop(app, { city }), followTop(app, { city, top: 3 })];
  await Promise.all(events.map(nextTop));
  expect(await subscribers()).toBe(1);
  await Promise.all(events.slice(1).map(stream => stream.return(undefined)));
  await vote(videoIds[0]);
  expect(votesIn(await nextTop(events[0] as AsyncGenerator<Top>))).toEqual([1, 0, 0]);
  await events[0]?.return(undefined);
  await eventually(async () => (await subscribers()) === 0);
});

test('refuses a top of none, or of more than a hundred', async () => {
  for (const top of [0, 101]) {
    await expect(nextTop(followTop(app, { top }))).rejects.toThrow('BAD_USER_INPUT');
  }
});
