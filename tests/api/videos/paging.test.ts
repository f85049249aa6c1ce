import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { graphql } from '../../gql/gql.ts';
import type { PagingGalleryQueryVariables } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { insertVideo } from '../../kit/contest/videos.ts';

const GALLERY = graphql(`
  query PagingGallery(
    $orderBy: VideoOrder, $city: String, $first: Int, $after: String, $last: Int, $before: String
  ) {
    videos(orderBy: $orderBy, city: $city, first: $first, after: $after, last: $last, before: $before) {
      nodes { id title votes }
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
  }
`);
const OWN_VIDEOS = graphql(`
  query PagingPlayer($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $id) {
      ... on Player {
        videos(first: $first, after: $after, last: $last, before: $before) {
          nodes { id uploadedAt processedAt durationSeconds }
          pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
        }
      }
    }
  }
`);
const WALL = graphql(`
  query PagingWall($first: Int!) {
    videos(first: $first) {
      nodes { id player { username videos(first: 3) { nodes { id player { city } } } } }
    }
  }
`);

const COUNT = 25;
let app: App;
let player: TestPlayer;
/** Newest first, with many equal numbers of votes. */
let newest: { id: string; votes: number }[];
let mostVoted: string[];

beforeAll(async () => {
  app = await startApp();
  player = await app.signUp();
  const added: { id: string; votes: number }[] = [];
  for (let index = 0; index < COUNT; index++) {
    const votes = [3, 0, 7, 3, 1][index % 5] ?? 0;
    added.push({ id: await insertVideo(app.database, player, { status: 'PROCESSED', votes }), votes });
  }
  newest = added.toReversed();
  mostVoted = newest.toSorted((a, b) => b.votes - a.votes).map(video => video.id);
});
afterAll(() => app?.stop());

interface Page {
  nodes: { id: string }[];
  pageInfo: {
    startCursor: string | null;
    endCursor: string | null;
    hasNextPage: boolean;
    hasPreviousPage: boolean;
  };
}
type Ask = (page: {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}) => Promise<Page>;

async function forward(ask: Ask, first: number, between?: () => Promise<unknown>) {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await ask({ first, after });
    ids.push(...nodes.map(node => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
    await between?.();
  }
}

async function backward(ask: Ask, last: number) {
  const ids: string[] = [];
  for (let before: string | null = null; ; ) {
    const { nodes, pageInfo } = await ask({ last, before });
    ids.unshift(...nodes.map(node => node.id));
    if (!pageInfo.hasPreviousPage) return ids;
    before = pageInfo.startCursor;
  }
}

const gallery =
  (variables: PagingGalleryQueryVariables): Ask =>
  async page => {
    const { data, errors } = await app.graphql(GALLERY, { ...variables, ...page });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.videos;
  };
const ofPlayer: Ask = async page => {
  const { data, errors } = await app.graphql(OWN_VIDEOS, { id: player.id, ...page });
  if (errors || !data.node || !('videos' in data.node)) throw new Error(JSON.stringify(errors));
  return data.node.videos;
};

describe.each([
  {
    list: 'the newest videos',
    ask: () => gallery({ orderBy: 'NEWEST' }),
    order: () => newest.map(({ id }) => id),
  },
  { list: 'the most voted videos', ask: () => gallery({ orderBy: 'MOST_VOTED' }), order: () => mostVoted },
  { list: 'the videos of a player', ask: () => ofPlayer, order: () => newest.map(({ id }) => id) },
])('$list', ({ ask, order }) => {
  test.each([1, 7, 25, 100])('come whole and in order, by %i at a time, from either end', async size => {
    expect(await forward(ask(), size)).toEqual(order());
    expect(await backward(ask(), size)).toEqual(order());
  });

  test('say at each page whether there is more on either side', async () => {
    const first = await ask()({ first: 10 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const { pageInfo } = await ask()({ first: 15, after: first.pageInfo.endCursor });
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  test('come between two cursors', async () => {
    const { pageInfo } = await ask()({ first: 10 });
    const start = (await ask()({ first: 3 })).pageInfo.endCursor;
    const { nodes } = await ask()({ first: 100, after: start, before: pageInfo.endCursor });
    expect(nodes.map(node => node.id)).toEqual(order().slice(3, 9));
  });
});

test('a reader meets every video once while new ones arrive', async () => {
  const arrive = () => insertVideo(app.database, player, { status: 'PROCESSED', votes: 3, title: 'New' });
  const ids = await forward(gallery({ orderBy: 'MOST_VOTED' }), 6, arrive);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter(id => mostVoted.includes(id))).toEqual(mostVoted);
});

test('a player’s list tells times and lengths as any video does', async () => {
  const { data } = await app.graphql(OWN_VIDEOS, { id: player.id, first: 1 });
  if (!data.node || !('videos' in data.node)) throw new Error('no player');
  expect(data.node.videos.nodes).toEqual([
    {
      id: expect.any(String),
      uploadedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      processedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      durationSeconds: 7,
    },
  ]);
});

test.each([
  ['both ends at once', { first: 1, last: 1 }],
  ['more than 100', { first: 101 }],
  ['fewer than none', { last: -1 }],
  ['after what is no cursor', { after: 'bm90aGluZw' }],
  ['after a cursor of another list', { after: Buffer.from('{"score":1}').toString('base64url') }],
  ['before an id that is none', { before: Buffer.from('{"id":"1; drop","votes":0}').toString('base64url') }],
  [
    'after more votes than anything has',
    {
      orderBy: 'MOST_VOTED' as const,
      after: Buffer.from(
        JSON.stringify({ id: '00000000-0000-7000-8000-000000000000', votes: Number.MAX_SAFE_INTEGER }),
      ).toString('base64url'),
    },
  ],
])('a page of %s is refused as a bad argument', async (_, variables) => {
  const { errors } = await app.graphql(GALLERY, variables);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['videos'] }]);
});

test('videos of a city are found however it is spelled', async () => {
  const local = await app.signUp({ city: 'Medellín' });
  const id = await insertVideo(app.database, local, { status: 'PROCESSED' });
  await insertVideo(app.database, local);
  for (const city of ['Medellín', 'medellin', ' MEDELLI\u0301N  ']) {
    expect((await gallery({ city })({ first: 100 })).nodes).toMatchObject([{ id }]);
  }
  for (const city of ['', 'Atlantis', '\u0000', "'", '%']) {
    expect((await gallery({ city })({ first: 100 })).nodes).toEqual([]);
  }
});

test.each([
  ['of something else', (player: TestPlayer) => player.id],
  [
    'of no known type',
    () => Buffer.from('Trophy:00000000-0000-7000-8000-000000000000').toString('base64url'),
  ],
  ['of no form', () => 'none'],
])('an id %s is a bad argument, never a fault', async (_, idOf) => {
  const { errors } = await app.graphql('query ($id: ID!) { video(id: $id) { id } }', { id: idOf(player) });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a wall of videos with their players and those players’ videos costs the same queries at any size', async () => {
  for (let index = 0; index < 20; index++) {
    await insertVideo(app.database, await app.signUp(), { status: 'PROCESSED' });
  }
  const logger = app.database.config.getLogger();
  const counted = vi.spyOn(logger, 'logQuery').mockReturnValue(undefined);
  const queries = async (first: number) => {
    counted.mockClear();
    const { data, errors } = await app.graphql(WALL, { first }, { token: player.token });
    expect(errors).toBeUndefined();
    expect(data.videos.nodes).toHaveLength(first);
    const all = counted.mock.calls.map(([{ query }]) => query ?? '');
    // The process itself looks for changed scores each second, which a wall does not show.
    return all.filter(query => !query.includes('tallies'));
  };
  for (const size of [1, 20]) {
    // Who is asking, the page, its players, the videos of those. Other work of the process now and then only adds.
    await waitUntil(`${size} cost 4 queries`, async () => (await queries(size)).length === 4, {
      deadlineSeconds: 20,
    });
  }
  counted.mockRestore();
});
