import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import {
  createModerator,
  createUser,
  createUsers,
  NO_LIMITS,
  type TestUser,
} from '../../kit/contest/create-users.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, publishVideos } from '../../kit/contest/videos.ts';
import {
  castVote,
  countByTypename,
  countDeadlocks,
  findCounterMismatches,
  retryWhileUnavailable,
  withdrawVote,
} from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';

const HIDE = graphql(`
  mutation CrowdHide($videoId: ID!) { hideVideo(videoId: $videoId, reason: "A closer look") { __typename } }
`);
const RESTORE = graphql(`
  mutation CrowdRestore($videoId: ID!) { restoreVideo(videoId: $videoId, reason: "It is fine") { __typename } }
`);

let app: App;
let apis: Awaited<ReturnType<typeof startSecondApi>>[];
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
  apis = await Promise.all([startSecondApi(app), startSecondApi(app)]);
});
const stopApis = () => Promise.all((apis ?? []).splice(0).map(api => api.stop()));
afterAll(async () => {
  // The APIs use the database and Redis of the app, so they stop first.
  await stopApis();
  await app?.stop();
});

const pickApi = (n: number) => apis[n % 2] ?? app;
const countVotes = async (videoId: string): Promise<{ rows: number; shown: number }> => {
  const [row] = await app.database.em
    .fork()
    .execute<[{ rows: number }]>('select count(*)::int as rows from votes where video_id = ?', [
      toRowId(videoId),
    ]);
  return { ...row, shown: (await findVideoRow(app, videoId))?.votes ?? Number.NaN };
};

test('counts one vote of 500 concurrent identical ones through two APIs', async () => {
  const [videoId = ''] = await publishVideos(app.database, [await createUser(app)]);
  const voter = await createUser(app);
  const results = await Promise.all(
    Array.from({ length: 500 }, (_, n) => castVote(pickApi(n), voter, videoId)),
  );
  expect(countByTypename(results)).toEqual({ Video: 1, AlreadyVoted: 499 });
  expect(await countVotes(videoId)).toEqual({ rows: 1, shown: 1 });

  const withdrawals = await Promise.all(
    Array.from({ length: 40 }, (_, n) => withdrawVote(pickApi(n), voter, videoId)),
  );
  expect(countByTypename(withdrawals)).toEqual({ Video: 1, NotVoted: 39 });
  expect(await countVotes(videoId)).toEqual({ rows: 0, shown: 0 });
});

test('counts one vote of 40 concurrent ones with different spellings of the video id', async () => {
  const [videoId = ''] = await publishVideos(app.database, [await createUser(app)]);
  const voter = await createUser(app);
  const rowId = toRowId(videoId);
  // 40 spellings that differ in the case of the letters.
  const spellings = Array.from({ length: 40 }, (_, n) =>
    rowId.replace(/[a-f]/g, (letter, at: number) =>
      ((n + 1) >> (at % 6)) & 1 ? letter.toUpperCase() : letter,
    ),
  );
  const cast = (spelling: string) => castVote(app, voter, encodeId('Video', spelling));
  const results = await Promise.all(spellings.map(cast));
  expect(countByTypename(results)).toEqual({ Video: 1, AlreadyVoted: 39 });
  expect(await countVotes(videoId)).toEqual({ rows: 1, shown: 1 });

  const [upper = ''] = spellings.toReversed();
  expect(await withdrawVote(app, voter, encodeId('Video', upper))).toMatchObject({ __typename: 'Video' });
  expect(await countVotes(videoId)).toEqual({ rows: 0, shown: 0 });
});

test('counters equal rows after 300 players vote and withdraw concurrently while videos are hidden and restored', async () => {
  const players = await createUsers(app, 10);
  const videoIds = await publishVideos(app.database, [...players, ...players]);
  const [voters, moderator] = await Promise.all([createUsers(app, 300), createModerator(app)]);

  const results: { __typename: string }[] = [];
  const vote = async (voter: TestUser, n: number) => {
    const [first = '', second = ''] = [videoIds[n % 20], videoIds[(7 * n + 3) % 20]];
    results.push(await retryWhileUnavailable(() => castVote(pickApi(n), voter, first)));
    if (n % 3 === 0)
      results.push(await retryWhileUnavailable(() => withdrawVote(pickApi(n + 1), voter, first)));
    if (n % 4 === 0) results.push(await retryWhileUnavailable(() => castVote(pickApi(n + 1), voter, second)));
  };
  const moderate = async (n: number) => {
    for (const videoId of [videoIds[n], videoIds[n + 5]]) {
      for (const document of [HIDE, RESTORE]) {
        await retryWhileUnavailable(async () => {
          const api = pickApi(n);
          const { errors } = await api.graphql(document.toString(), { videoId: videoId ?? '' }, moderator);
          if (errors) throw new Error(JSON.stringify(errors));
          return true;
        });
      }
    }
  };
  await Promise.all([...voters.map(vote), ...[0, 1, 2, 3, 4].map(moderate)]);

  const counts = countByTypename(results);
  expect(
    Object.keys(counts).filter(
      kind => !['Video', 'VoteWithdrawn', 'AlreadyVoted', 'NotVoted', 'VideoNotPublished'].includes(kind),
    ),
  ).toEqual([]);
  expect(counts.Video).toBeGreaterThan(300);
  expect(await findCounterMismatches(app.database)).toEqual([]);
  await waitForLeaderboard(app);
});

test('Postgres has detected no deadlock', async () => {
  // A backend reports its statistics at the latest when it ends.
  await stopApis();
  expect(await countDeadlocks(app.database)).toBe(0);
});
