import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createUser, createUsers, NO_LIMITS, type TestUser } from '../../kit/contest/create-users.ts';
import { readRankingPage, readSortedPlayers } from '../../kit/contest/rankings.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { publishVideos } from '../../kit/contest/videos.ts';
import { giveVotes } from '../../kit/contest/votes.ts';
import { waitForLeaderboard, waitForRedis } from '../../kit/contest/waits.ts';
import { recordCommands } from '../../kit/services/record-commands.ts';

const RANK = graphql(`
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
let bogota: TestUser[];
let idle: TestUser;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
  bogota = [...(await createUsers(app, 120, 'Bogotá')), ...(await createUsers(app, 30, 'BOGOTA'))];
  const others = await createUsers(app, 100, 'Santa Marta');
  idle = await createUser(app, 'Cali');
  const players = [...others, ...bogota];
  const videoIds = await publishVideos(app.database, players);
  // Many ties, and totals that do not follow the order of ids.
  await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, (n * 37) % 23])));
  await waitForLeaderboard(app);
  ranked = await readSortedPlayers(app.database);
});
afterAll(() => app?.stop());

const getRank = async (playerId: string, around?: number) => {
  const { data, errors } = await app.graphql(RANK, { playerId, ...(around !== undefined && { around }) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.rankingOf;
};
const globalId = (rowId = '') => Buffer.from(`Player:${rowId}`).toString('base64url');
const getError = async (args: object) => {
  try {
    await readRankingPage(app, args);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

describe.each([
  { from: 'Redis', withoutRedis: false },
  { from: 'Postgres while Redis is unavailable', withoutRedis: true },
])('rankings from $from', ({ withoutRedis }) => {
  beforeAll(async () => {
    if (withoutRedis) await app.redis.stop();
  });
  afterAll(async () => {
    if (!withoutRedis) return;
    await app.redis.start();
    await waitForRedis(app);
  });

  test('page forward through every player once, in the published order', async () => {
    const received: { id: string; position: number; votes: number }[] = [];
    let after: string | null = null;
    for (
      let page = await readRankingPage(app, { first: 60 });
      ;
      page = await readRankingPage(app, { first: 60, after })
    ) {
      received.push(
        ...page.edges.map(({ node: { player, ...node } }) => ({ ...node, id: toRowId(player.id) })),
      );
      expect(page.totalCount).toBe(250);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.pageInfo.hasNextPage).toBe(received.length < 250);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor ?? null;
    }
    expect(received.map(({ id }) => id)).toEqual(ranked);
    expect(received.map(({ position }) => position)).toEqual(ranked.map((_, n) => n + 1));
  });

  test('page backward through the same players', async () => {
    const received: string[] = [];
    const positions: number[] = [];
    let before: string | null = null;
    for (
      let page = await readRankingPage(app, { last: 100 });
      ;
      page = await readRankingPage(app, { last: 100, before })
    ) {
      received.unshift(...page.ids.map(toRowId));
      positions.unshift(...page.edges.map(({ node }) => node.position));
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      if (!page.pageInfo.hasPreviousPage) break;
      before = page.pageInfo.startCursor ?? null;
    }
    expect(received).toEqual(ranked);
    expect(positions).toEqual(ranked.map((_, n) => n + 1));
  });

  test('are limited to a city in any spelling', async () => {
    const expected = (await readSortedPlayers(app.database, 'bogota')).slice(0, 20);
    for (const city of ['Bogotá', 'bogota', ' BOGOTÁ ']) {
      const page = await readRankingPage(app, { city });
      expect(page.ids.map(toRowId)).toEqual(expected);
      expect(page.totalCount).toBe(150);
      expect(page.edges.map(({ node }) => node.position)).toEqual(expected.map((_, n) => n + 1));
      const { ids } = await readRankingPage(app, { city, first: 5, after: page.edges[4]?.cursor });
      expect(ids.map(toRowId)).toEqual(expected.slice(5, 10));
    }
  });

  test('continue from a cursor that version 0.1.0 has sent', async () => {
    const page = await readRankingPage(app, { first: 2 });
    const cursor = page.edges[0]?.cursor ?? '';
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const released = { id: ranked[0], score: expect.any(Number), tie: expect.any(String), position: 1 };
    expect(fields).toEqual(released);
    expect((await readRankingPage(app, { first: 1, after: cursor })).ids).toEqual(page.ids.slice(1));
  });

  test('are empty for a blank city, an unknown city and a city without published videos', async () => {
    for (const city of ['', '  ', 'Atlantis', 'Cali', 'all']) {
      const page = await readRankingPage(app, { city });
      expect(page).toMatchObject({ edges: [], totalCount: 0 });
      expect(page.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
      });
    }
  });

  test('return the rank of a player with neighbours, fewer at the ends', async () => {
    for (const [index, from, to] of [
      [0, 0, 4],
      [1, 0, 5],
      [100, 97, 104],
      [249, 246, 250],
    ] as const) {
      const rank = await getRank(globalId(ranked[index]), 3);
      expect(rank?.entry).toMatchObject({ position: index + 1, player: { id: globalId(ranked[index]) } });
      expect(rank?.neighbours).toEqual(
        ranked.slice(from, to).map((id, n) => ({ position: from + n + 1, player: { id: globalId(id) } })),
      );
    }
    expect((await getRank(globalId(ranked[5])))?.neighbours).toHaveLength(1);
    expect(await getRank(idle.id, 3)).toBeNull();
  });

  test('return the totals of each city, most voted first', async () => {
    const { data } = await app.graphql(CITIES);
    const expected = await app.database.em.fork().execute(
      `select case city_key when 'bogota' then 'Bogotá' else 'Santa Marta' end as name, count(distinct players.id)::int as players,
              count(votes.id)::int as votes
         from players join videos on videos.player_id = players.id left join votes on votes.video_id = videos.id
        group by 1, city_key order by votes desc`,
    );
    expect(data.cities).toEqual(expected);
  });
});

test('rankings return BAD_USER_INPUT for first with last, page sizes outside 0 to 100 and invalid cursors', async () => {
  for (const args of [
    { first: 5, last: 5 },
    { first: 101 },
    { last: 101 },
    { first: -1 },
    { after: 'page two' },
    { after: Buffer.from('{"id":1}').toString('base64url') },
  ]) {
    expect(await getError(args), JSON.stringify(args)).toContain('BAD_USER_INPUT');
  }
  expect((await readRankingPage(app, { first: 0 })).edges).toEqual([]);
  await expect(getRank(idle.id, 51)).rejects.toThrow('BAD_USER_INPUT');
});

test('a page of players reads all its ranks with one lookup', async () => {
  using record = await recordCommands(app.redis.url);
  const execute = vi.spyOn(app.database.em.getConnection(), 'execute');
  const measureCost = async (count: number) => {
    await record.take();
    execute.mockClear();
    const { data } = await app.graphql(PLAYERS, { ids: ranked.slice(0, count).map(globalId) });
    expect(data.nodes).toMatchObject(
      Array.from({ length: count }, (_, n) => ({ ranking: { position: n + 1 } })),
    );
    // The leaderboard sync queries dirty scores all the time.
    const queries = execute.mock.calls.filter(([query]) => !JSON.stringify(query).includes('dirty'));
    // EVALSHA, or EVAL the first time, with the ids as arguments.
    const lookUps = (await record.take()).filter(
      ([name = '', ...args]) => /^eval/i.test(name) && args.includes(ranked[0] ?? ''),
    );
    return { lookUps: lookUps.length, queries: queries.length };
  };
  expect(await measureCost(1)).toEqual({ lookUps: 1, queries: 1 });
  expect(await measureCost(20)).toEqual({ lookUps: 1, queries: 1 });
  execute.mockRestore();
});
