import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  type Fan,
  gather,
  gatherOne,
  giveVotes,
  NO_LIMITS,
  projected,
  publishVideos,
  reachesRedis,
} from '../../kit/contest/create-users.ts';
import { rankingPage, sortedPlayers } from '../../kit/contest/rankings.ts';
import { toRowId } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';

const PLACE = graphql(`
  query PlaceOf($playerId: ID!, $around: Int) {
    rankingOf(playerId: $playerId, around: $around) {
      entry { position votes player { id } }
      neighbours { position player { id } }
    }
  }
`);
const CITIES = graphql(`query RankedCities { cities { name players votes } }`);
const PLAYERS = graphql(`
  query PlayersRanking($ids: [ID!]!) { nodes(ids: $ids) { ... on Player { ranking { position votes } } } }
`);

let app: App;
let ranked: string[];
let bogota: Fan[];
let idle: Fan;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
  bogota = [...(await gather(app, 120, 'Bogotá')), ...(await gather(app, 30, 'BOGOTA'))];
  const others = await gather(app, 100, 'Santa Marta');
  idle = await gatherOne(app, 'Cali');
  const players = [...others, ...bogota];
  const videoIds = await publishVideos(app.database, players);
  // Many equals, and totals in no order of ids.
  await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, (n * 37) % 23])));
  await projected(app);
  ranked = await sortedPlayers(app.database);
});
afterAll(() => app?.stop());

const placeOf = async (playerId: string, around?: number) => {
  const { data, errors } = await app.graphql(PLACE, { playerId, ...(around !== undefined && { around }) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.rankingOf;
};
const globalId = (rowId = '') => Buffer.from(`Player:${rowId}`).toString('base64url');
const refusalOf = async (args: object) => {
  try {
    await rankingPage(app, args);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

describe.each([
  { from: 'the boards', away: false },
  { from: 'Postgres, while Redis is away', away: true },
])('rankings from $from', ({ away }) => {
  beforeAll(async () => {
    if (away) await app.redis.stop();
  });
  afterAll(async () => {
    if (!away) return;
    await app.redis.start();
    await reachesRedis(app);
  });

  test('walk forward, page by page, through every player once, in the published order', async () => {
    const seen: { id: string; position: number; votes: number }[] = [];
    let after: string | null = null;
    for (
      let page = await rankingPage(app, { first: 60 });
      ;
      page = await rankingPage(app, { first: 60, after })
    ) {
      seen.push(...page.edges.map(({ node: { player, ...node } }) => ({ ...node, id: toRowId(player.id) })));
      expect(page.totalCount).toBe(250);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.pageInfo.hasNextPage).toBe(seen.length < 250);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor ?? null;
    }
    expect(seen.map(({ id }) => id)).toEqual(ranked);
    expect(seen.map(({ position }) => position)).toEqual(ranked.map((_, n) => n + 1));
  });

  test('walk backward from the end to the same', async () => {
    const seen: string[] = [];
    const positions: number[] = [];
    let before: string | null = null;
    for (
      let page = await rankingPage(app, { last: 100 });
      ;
      page = await rankingPage(app, { last: 100, before })
    ) {
      seen.unshift(...page.ids.map(toRowId));
      positions.unshift(...page.edges.map(({ node }) => node.position));
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      if (!page.pageInfo.hasPreviousPage) break;
      before = page.pageInfo.startCursor ?? null;
    }
    expect(seen).toEqual(ranked);
    expect(positions).toEqual(ranked.map((_, n) => n + 1));
  });

  test('are those of one city, spelled in any way', async () => {
    const expected = (await sortedPlayers(app.database, 'bogota')).slice(0, 20);
    for (const city of ['Bogotá', 'bogota', ' BOGOTÁ ']) {
      const page = await rankingPage(app, { city });
      expect(page.ids.map(toRowId)).toEqual(expected);
      expect(page.totalCount).toBe(150);
      expect(page.edges.map(({ node }) => node.position)).toEqual(expected.map((_, n) => n + 1));
      const { ids } = await rankingPage(app, { city, first: 5, after: page.edges[4]?.cursor });
      expect(ids.map(toRowId)).toEqual(expected.slice(5, 10));
    }
  });

  test('are empty for a blank city, an unknown one, and one without published videos', async () => {
    for (const city of ['', '  ', 'Atlantis', 'Cali', 'all']) {
      const page = await rankingPage(app, { city });
      expect(page).toMatchObject({ edges: [], totalCount: 0 });
      expect(page.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
      });
    }
  });

  test('give the place of a player with neighbours, fewer at the edges', async () => {
    for (const [index, from, to] of [
      [0, 0, 4],
      [1, 0, 5],
      [100, 97, 104],
      [249, 246, 250],
    ] as const) {
      const place = await placeOf(globalId(ranked[index]), 3);
      expect(place?.entry).toMatchObject({ position: index + 1, player: { id: globalId(ranked[index]) } });
      expect(place?.neighbours).toEqual(
        ranked.slice(from, to).map((id, n) => ({ position: from + n + 1, player: { id: globalId(id) } })),
      );
    }
    expect((await placeOf(globalId(ranked[5])))?.neighbours).toHaveLength(1);
    expect(await placeOf(idle.id, 3)).toBeNull();
  });

  test('give the totals of each city, the most voted first', async () => {
    const { data } = await app.graphql(CITIES);
    const truth = await app.database.em.fork().execute(
      `select case city_key when 'bogota' then 'Bogotá' else 'Santa Marta' end as name, count(distinct players.id)::int as players,
              count(votes.id)::int as votes
         from players join videos on videos.player_id = players.id left join votes on votes.video_id = videos.id
        group by 1, city_key order by votes desc`,
    );
    expect(data.cities).toEqual(truth);
  });
});

test('refuse both ends at once, pages of more than a hundred or less than none, and what is no cursor', async () => {
  for (const args of [
    { first: 5, last: 5 },
    { first: 101 },
    { last: 101 },
    { first: -1 },
    { after: 'page two' },
    { after: Buffer.from('{"id":1}').toString('base64url') },
  ]) {
    expect(await refusalOf(args), JSON.stringify(args)).toContain('BAD_USER_INPUT');
  }
  expect((await rankingPage(app, { first: 0 })).edges).toEqual([]);
  await expect(placeOf(idle.id, 51)).rejects.toThrow('BAD_USER_INPUT');
});

test('ask once for the places of a whole page of players', async () => {
  const redis = new Redis(app.redis.url);
  const monitor = await redis.monitor();
  const commands: string[][] = [];
  monitor.on('monitor', (_time: string, command: string[]) => commands.push(command));
  const execute = vi.spyOn(app.database.em.getConnection(), 'execute');
  const costOf = async (count: number) => {
    commands.length = 0;
    execute.mockClear();
    const { data } = await app.graphql(PLAYERS, { ids: ranked.slice(0, count).map(globalId) });
    expect(data.nodes).toMatchObject(
      Array.from({ length: count }, (_, n) => ({ ranking: { position: n + 1 } })),
    );
    // The projector looks for marks all the time.
    const queries = execute.mock.calls.filter(([query]) => !JSON.stringify(query).includes('dirty'));
    await redis.echo('heard');
    await eventually(async () => commands.some(([name, text]) => name === 'echo' && text === 'heard'));
    const lookUps = commands.filter(([name, script]) => name === 'eval' && script?.includes('ZRANK'));
    return { lookUps: lookUps.length, queries: queries.length };
  };
  expect(await costOf(1)).toEqual({ lookUps: 1, queries: 1 });
  expect(await costOf(20)).toEqual({ lookUps: 1, queries: 1 });
  execute.mockRestore();
  monitor.disconnect();
  redis.disconnect();
});

test('put who reached a total first before its equals, and go on from a cursor though entries have moved', async () => {
  const players = await gather(app, 12, 'Pasto');
  const videoIds = await publishVideos(app.database, players);
  const fans = await gather(app, 4);
  const vote = async (player: number, fan: number) => {
    const { __typename } = await castVote(app, fans[fan] as Fan, videoIds[player] ?? '');
    expect(__typename).toBe('Video');
  };
  // The later id is there first.
  await vote(2, 0);
  await vote(1, 0);
  await vote(1, 1);
  await vote(2, 1);
  await vote(3, 1);
  await projected(app);
  const indexes = (ids: string[]) => ids.map(id => players.findIndex(player => player.id === id));
  const first = await rankingPage(app, { city: 'Pasto', first: 5 });
  expect(indexes(first.ids)).toEqual([1, 2, 3, 0, 4]);

  // One of the page is hidden, one from below it rises to the top.
  await app.database.em
    .fork()
    .execute('update videos set hidden_at = now() where id = ?', [toRowId(videoIds[2] ?? '')]);
  await giveVotes(
    app.database,
    new Map([
      [videoIds[2] ?? '', 1],
      [videoIds[8] ?? '', 9],
    ]),
  );
  await projected(app);
  const second = await rankingPage(app, { city: 'Pasto', first: 4, after: first.pageInfo.endCursor });
  expect(indexes(second.ids)).toEqual([5, 6, 7, 9]);
  expect(second.edges.map(({ node }) => node.position)).toEqual([6, 7, 8, 9]);
  const back = await rankingPage(app, { city: 'Pasto', last: 9, before: second.pageInfo.startCursor });
  expect(indexes(back.ids)).toEqual([8, 1, 3, 0, 4]);
});
