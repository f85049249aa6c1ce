import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import type { ModerationVideosQueryVariables } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createModerator, createUser, type TestUser } from '../../kit/contest/create-users.ts';
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
  internalError: { status: 'FAILED', failureReason: 'INTERNAL' },
  secondInternalError: { status: 'FAILED', failureReason: 'INTERNAL' },
} as const;
type State = keyof typeof STATES;

let app: App;
let moderator: TestUser;
const names = new Map<string, State>();
const findId = (state: State) => [...names].find(([, name]) => name === state)?.[0] ?? '';
beforeAll(async () => {
  app = await startApp();
  const player = await createUser(app);
  moderator = await createModerator(app);
  for (const state of Object.keys(STATES) as State[]) {
    names.set(await insertVideo(app.database, player, STATES[state]), state);
  }
});
afterAll(() => app?.stop());

const find = async (variables: ModerationVideosQueryVariables) => {
  const { data, errors } = await app.graphql(VIDEOS, variables, moderator);
  if (errors) throw new Error(JSON.stringify(errors));
  return { ...data.allVideos.pageInfo, found: data.allVideos.nodes.map(({ id }) => names.get(id)) };
};

test('allVideos filters by status, failure reason and hidden, newest first', async () => {
  const all = (Object.keys(STATES) as State[]).toReversed();
  expect((await find({})).found).toEqual(all);
  expect((await find({ status: 'FAILED' })).found).toEqual([
    'secondInternalError',
    'internalError',
    'tooLong',
  ]);
  expect((await find({ failureReason: 'INTERNAL' })).found).toEqual(['secondInternalError', 'internalError']);
  expect((await find({ hidden: true })).found).toEqual(['hidden']);
  expect((await find({ hidden: false, status: 'PROCESSED' })).found).toEqual(['published']);
  expect((await find({ status: 'UPLOADED', failureReason: 'INTERNAL' })).found).toEqual([]);
});

test('allVideos pages in both directions', async () => {
  const first = await find({ status: 'FAILED', first: 2 });
  expect(first).toMatchObject({ found: ['secondInternalError', 'internalError'], hasNextPage: true });
  const second = await find({ status: 'FAILED', first: 2, after: first.endCursor });
  expect(second).toMatchObject({ found: ['tooLong'], hasNextPage: false });
  expect((await find({ status: 'FAILED', last: 1, before: second.startCursor })).found).toEqual([
    'internalError',
  ]);
  const { errors } = await app.graphql(VIDEOS, { first: 101 }, moderator);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('auditTrail lists every moderation action with its subject, newest first', async () => {
  const moderate = (name: string, id: string) =>
    app.graphql(`mutation { ${name}(videoId: "${id}", reason: "${name}") { __typename } }`, {}, moderator);
  await moderate('hideVideo', findId('published'));
  await moderate('requeueVideo', findId('internalError'));
  const actor = { id: moderator.id };
  const requeued = {
    action: 'REQUEUE_VIDEO',
    subjectId: findId('internalError'),
    reason: 'requeueVideo',
    actor,
  };
  const hidden = { action: 'HIDE_VIDEO', subjectId: findId('published'), reason: 'hideVideo', actor };
  const { auditTrail } = (await app.graphql(TRAIL, { first: 1 }, moderator)).data;
  expect(auditTrail).toMatchObject({ nodes: [requeued], pageInfo: { hasNextPage: true } });
  const rest = await app.graphql(TRAIL, { first: 5, after: auditTrail.pageInfo.endCursor }, moderator);
  expect(rest.data.auditTrail).toMatchObject({ nodes: [hidden], pageInfo: { hasNextPage: false } });
  expect((await app.graphql(TRAIL, { last: 1 }, moderator)).data.auditTrail.nodes).toEqual([hidden]);
});
