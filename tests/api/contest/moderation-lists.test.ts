import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import type { ModerationVideosQueryVariables } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { type Fan, gatherModerator, gatherOne } from '../../kit/contest/create-users.ts';
import { insertVideo } from '../../kit/contest/videos.ts';

const VIDEOS = graphql(`
  query ModerationVideos(
    $status: VideoStatus, $failureReason: FailureReason, $hidden: Boolean
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    allVideos(
      status: $status, failureReason: $failureReason, hidden: $hidden
      first: $first, after: $after, last: $last, before: $before
    ) {
      nodes { id }
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
  }
`);
const TRAIL = graphql(`
  query ModerationWholeTrail($first: Int, $after: String, $last: Int) {
    auditTrail(first: $first, after: $after, last: $last) {
      nodes { action subjectId reason actor { id } }
      pageInfo { endCursor hasNextPage hasPreviousPage }
    }
  }
`);

const HIDDEN = { status: 'PROCESSED', hiddenAt: new Date() } as const;
const STATES = {
  waiting: { status: 'UPLOADED' },
  published: { status: 'PROCESSED' },
  hidden: HIDDEN,
  tooLong: { status: 'FAILED', failureReason: 'TOO_LONG' },
  ours: { status: 'FAILED', failureReason: 'INTERNAL' },
  oursToo: { status: 'FAILED', failureReason: 'INTERNAL' },
} as const;
type State = keyof typeof STATES;

let app: App;
let moderator: Fan;
const names = new Map<string, State>();
const idOf = (state: State) => [...names].find(([, name]) => name === state)?.[0] ?? '';
beforeAll(async () => {
  app = await startApp();
  const player = await gatherOne(app);
  moderator = await gatherModerator(app);
  for (const state of Object.keys(STATES) as State[]) {
    names.set(await insertVideo(app.database, player, STATES[state]), state);
  }
});
afterAll(() => app?.stop());

const find = async (asked: ModerationVideosQueryVariables) => {
  const { data, errors } = await app.graphql(VIDEOS, asked, moderator);
  if (errors) throw new Error(JSON.stringify(errors));
  return { ...data.allVideos.pageInfo, found: data.allVideos.nodes.map(({ id }) => names.get(id)) };
};

test('a moderator finds videos in every status, newest first, by what is to be done about them', async () => {
  const all = (Object.keys(STATES) as State[]).toReversed();
  expect((await find({})).found).toEqual(all);
  expect((await find({ status: 'FAILED' })).found).toEqual(['oursToo', 'ours', 'tooLong']);
  expect((await find({ failureReason: 'INTERNAL' })).found).toEqual(['oursToo', 'ours']);
  expect((await find({ hidden: true })).found).toEqual(['hidden']);
  expect((await find({ hidden: false, status: 'PROCESSED' })).found).toEqual(['published']);
  expect((await find({ status: 'UPLOADED', failureReason: 'INTERNAL' })).found).toEqual([]);
});

test('pages through them in both directions', async () => {
  const first = await find({ status: 'FAILED', first: 2 });
  expect(first).toMatchObject({ found: ['oursToo', 'ours'], hasNextPage: true });
  const second = await find({ status: 'FAILED', first: 2, after: first.endCursor });
  expect(second).toMatchObject({ found: ['tooLong'], hasNextPage: false });
  expect((await find({ status: 'FAILED', last: 1, before: second.startCursor })).found).toEqual(['ours']);
  const { errors } = await app.graphql(VIDEOS, { first: 101 }, moderator);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a moderator reads all that was done, the latest first, and to what', async () => {
  const deed = (name: string, id: string) =>
    app.graphql(`mutation { ${name}(videoId: "${id}", reason: "${name}") { __typename } }`, {}, moderator);
  await deed('hideVideo', idOf('published'));
  await deed('requeueVideo', idOf('ours'));
  const actor = { id: moderator.id };
  const requeued = { action: 'REQUEUE_VIDEO', subjectId: idOf('ours'), reason: 'requeueVideo', actor };
  const hidden = { action: 'HIDE_VIDEO', subjectId: idOf('published'), reason: 'hideVideo', actor };
  const { auditTrail } = (await app.graphql(TRAIL, { first: 1 }, moderator)).data;
  expect(auditTrail).toMatchObject({ nodes: [requeued], pageInfo: { hasNextPage: true } });
  const rest = await app.graphql(TRAIL, { first: 5, after: auditTrail.pageInfo.endCursor }, moderator);
  expect(rest.data.auditTrail).toMatchObject({ nodes: [hidden], pageInfo: { hasNextPage: false } });
  expect((await app.graphql(TRAIL, { last: 1 }, moderator)).data.auditTrail.nodes).toEqual([hidden]);
});
