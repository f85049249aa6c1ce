import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  type Fan,
  gather,
  gatherOne,
  giveVotes,
  projected,
  publishVideos,
} from '../../kit/contest/create-users.ts';

const PLACES = graphql(`
  query CityPlaces($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Player { city ranking { position } cityRanking { position votes player { id } } } }
  }
`);

let app: App;
let players: Fan[];
let idle: Fan;
beforeAll(async () => {
  app = await startApp();
  const [first, second, third] = [
    await gather(app, 3, 'Ipiales'),
    await gather(app, 2, 'Yopal'),
    await gather(app, 2, 'IPIALES'),
  ];
  idle = await gatherOne(app, 'Yopal');
  players = [...first, ...second, ...third];
  const videoIds = await publishVideos(app.database, players);
  await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, [5, 9, 1, 8, 2, 7, 3][n] ?? 0])));
  await projected(app);
});
afterAll(() => app?.stop());

const placesOf = async (asked: Fan[]) => {
  const { data, errors } = await app.graphql(PLACES, { ids: asked.map(({ id }) => id) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.nodes.map(node => (node && 'cityRanking' in node ? node.cityRanking : undefined));
};
/** Of {@link players}, however they spell their city. */
const POSITIONS = [3, 1, 5, 1, 2, 2, 4];

test('a player has a place in the city, asked for once for all players of a city', async () => {
  const redis = new Redis(app.redis.url);
  const monitor = await redis.monitor();
  const lookUps: string[][] = [];
  monitor.on('monitor', (_time: string, command: string[]) => lookUps.push(command));
  const places = await placesOf([...players, idle]);
  expect(places.map(place => place?.position)).toEqual([...POSITIONS, undefined]);
  expect(places[1]).toEqual({ position: 1, votes: 9, player: { id: players[1]?.id } });
  expect(places.at(-1)).toBeNull();
  await redis.echo('heard');
  await eventually(async () => lookUps.some(([name, text]) => name === 'echo' && text === 'heard'));
  // One for the country, one for each city.
  expect(lookUps.filter(([name, script]) => name === 'eval' && script?.includes('ZRANK'))).toHaveLength(3);
  monitor.disconnect();
  redis.disconnect();
});

test('is the same while Redis is away', async () => {
  await app.redis.stop();
  const places = await placesOf([...players, idle]);
  expect(places.map(place => place?.position)).toEqual([...POSITIONS, undefined]);
});
