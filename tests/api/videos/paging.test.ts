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
const PAGE_WITH_PLAYERS = graphql(`
  query PagingWall($first: Int!) {
    videos(first: $first) {
      nodes { id player { username videos(first: 3) { nodes { id player { city } } } } }
    }
  }
`);

const COUNT = 25;
let app: App;
let player: TestPlayer;
/** Newest first, with many ties in votes. */
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
type GetPage = (page: {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}) => Promise<Page>;

async function readForward(getPage: GetPage, first: number, between?: () => Promise<unknown>) {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await getPage({ first, after });
    ids.push(...nodes.map(node => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
    await between?.();
  }
}

async function readBackward(getPage: GetPage, last: number) {
  const ids: string[] = [];
  for (let before: string | null = null; ; ) {
    const { nodes, pageInfo } = await getPage({ last, before });
    ids.unshift(...nodes.map(node => node.id));
    if (!pageInfo.hasPreviousPage) return ids;
    before = pageInfo.startCursor;
  }
}

const gallery =
  (variables: PagingGalleryQueryVariables): GetPage =>
  async page => {
    const { data, errors } = await app.graphql(GALLERY, { ...variables, ...page });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.videos;
  };
const playerVideos: GetPage = async page => {
  const { data, errors } = await app.graphql(OWN_VIDEOS, { id: player.id, ...page });
  if (errors || !data.node || !('videos' in data.node)) throw new Error(JSON.stringify(errors));
  return data.node.videos;
};

describe.each([
  {
    list: 'the newest videos',
    getPage: () => gallery({ orderBy: 'NEWEST' }),
    order: () => newest.map(({ id }) => id),
  },
  {
    list: 'the most voted videos',
    getPage: () => gallery({ orderBy: 'MOST_VOTED' }),
    order: () => mostVoted,
  },
  { list: 'the videos of a player', getPage: () => playerVideos, order: () => newest.map(({ id }) => id) },
])('$list', ({ getPage, order }) => {
  test.each([1, 7, 25, 100])('are complete and in order with pages of %i, in both directions', async size => {
    expect(await readForward(getPage(), size)).toEqual(order());
    expect(await readBackward(getPage(), size)).toEqual(order());
  });

  test('have correct hasNextPage and hasPreviousPage', async () => {
    const first = await getPage()({ first: 10 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const { pageInfo } = await getPage()({ first: 15, after: first.pageInfo.endCursor });
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  test('can be limited by two cursors', async () => {
    const { pageInfo } = await getPage()({ first: 10 });
    const start = (await getPage()({ first: 3 })).pageInfo.endCursor;
    const { nodes } = await getPage()({ first: 100, after: start, before: pageInfo.endCursor });
    expect(nodes.map(node => node.id)).toEqual(order().slice(3, 9));
  });
});

test('paging returns every video once while new videos are published', async () => {
  const publishVideo = () =>
    insertVideo(app.database, player, { status: 'PROCESSED', votes: 3, title: 'New' });
  const ids = await readForward(gallery({ orderBy: 'MOST_VOTED' }), 6, publishVideo);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter(id => mostVoted.includes(id))).toEqual(mostVoted);
});

test('the videos of a player have times and durations', async () => {
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
  ['first together with last', { first: 1, last: 1 }],
  ['more than 100 items', { first: 101 }],
  ['a negative number of items', { last: -1 }],
  ['an invalid cursor', { after: 'bm90aGluZw' }],
  ['a cursor of another list', { after: Buffer.from('{"score":1}').toString('base64url') }],
  [
    'a cursor with an invalid id',
    { before: Buffer.from('{"id":"1; drop","votes":0}').toString('base64url') },
  ],
  [
    'a cursor with an excessive number of votes',
    {
      orderBy: 'MOST_VOTED' as const,
      after: Buffer.from(
        JSON.stringify({ id: '00000000-0000-7000-8000-000000000000', votes: Number.MAX_SAFE_INTEGER }),
      ).toString('base64url'),
    },
  ],
])('a page with %s returns BAD_USER_INPUT', async (_, variables) => {
  const { errors } = await app.graphql(GALLERY, variables);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['videos'] }]);
});

test('the videos of a city are found by any spelling', async () => {
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
  ['of another type', (player: TestPlayer) => player.id],
  [
    'of an unknown type',
    () => Buffer.from('Trophy:00000000-0000-7000-8000-000000000000').toString('base64url'),
  ],
  ['without a type', () => 'none'],
])('an id %s returns BAD_USER_INPUT', async (_, createId) => {
  const { errors } = await app.graphql('query ($id: ID!) { video(id: $id) { id } }', {
    id: createId(player),
  });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a page of videos with their players and the players’ videos needs 4 queries at any size', async () => {
  for (let index = 0; index < 20; index++) {
    await insertVideo(app.database, await app.signUp(), { status: 'PROCESSED' });
  }
  const logger = app.database.config.getLogger();
  const counted = vi.spyOn(logger, 'logQuery').mockReturnValue(undefined);
  const queries = async (first: number) => {
    counted.mockClear();
    const { data, errors } = await app.graphql(PAGE_WITH_PLAYERS, { first }, { token: player.token });
    expect(errors).toBeUndefined();
    expect(data.videos.nodes).toHaveLength(first);
    const all = counted.mock.calls.map(([{ query }]) => query ?? '');
    // The leaderboard sync of the process queries scores every second.
    return all.filter(query => !query.includes('tallies'));
  };
  for (const size of [1, 20]) {
    // The viewer, the page, its players and their videos. Background work sometimes adds queries.
    await waitUntil(`${size} cost 4 queries`, async () => (await queries(size)).length === 4, {
      deadlineSeconds: 20,
    });
  }
  counted.mockRestore();
});
