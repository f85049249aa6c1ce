import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createUser, createUsers, type TestUser } from '../../kit/contest/create-users.ts';
import { publishVideos } from '../../kit/contest/videos.ts';
import { giveVotes } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';
import { recordCommands } from '../../kit/services/record-commands.ts';

const CITY_RANKS = graphql(`
  query CityPlaces($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Player { city ranking { position } cityRanking { position votes player { id } } } }
  }
`);

let app: App;
let players: TestUser[];
let idle: TestUser;
beforeAll(async () => {
  app = await startApp();
  const [first, second, third] = [
    await createUsers(app, 3, 'Ipiales'),
    await createUsers(app, 2, 'Yopal'),
    await createUsers(app, 2, 'IPIALES'),
  ];
  idle = await createUser(app, 'Yopal');
  players = [...first, ...second, ...third];
  const videoIds = await publishVideos(app.database, players);
  await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, [5, 9, 1, 8, 2, 7, 3][n] ?? 0])));
  await waitForLeaderboard(app);
});
afterAll(() => app?.stop());

const getCityRanks = async (users: TestUser[]) => {
  const { data, errors } = await app.graphql(CITY_RANKS, { ids: users.map(({ id }) => id) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.nodes.map(node => (node && 'cityRanking' in node ? node.cityRanking : undefined));
};
/** Ranks of {@link players} in their cities, whose spellings differ. */
const POSITIONS = [3, 1, 5, 1, 2, 2, 4];

test('cityRanking returns the rank in the city with one lookup for all players of a city', async () => {
  using record = await recordCommands(app.redis.url);
  const ranks = await getCityRanks([...players, idle]);
  expect(ranks.map(rank => rank?.position)).toEqual([...POSITIONS, undefined]);
  expect(ranks[1]).toEqual({ position: 1, votes: 9, player: { id: players[1]?.id } });
  expect(ranks.at(-1)).toBeNull();
  // One lookup for the global leaderboard and one for each city.
  const boards = (await record.take()).flatMap(([name = '', , , board = '']) =>
    /^eval/i.test(name) && /^(all$|city:)/.test(board) ? board : [],
  );
  expect(boards).toHaveLength(3);
});

test('cityRanking is the same while Redis is unavailable', async () => {
  await app.redis.stop();
  const ranks = await getCityRanks([...players, idle]);
  expect(ranks.map(rank => rank?.position)).toEqual([...POSITIONS, undefined]);
});
