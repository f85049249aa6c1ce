import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../../schema/global-ids.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import {
  type Fan,
  gather,
  gatherModerator,
  gatherOne,
  NO_LIMITS,
  projected,
  publishVideos,
  startSecondApi,
} from '../../kit/contest/create-users.ts';
import { findVideoRow, toRowId } from '../../kit/contest/videos.ts';
import {
  castVote,
  countDeadlocks,
  countKinds,
  findMiscounts,
  whenServed,
  withdrawVote,
} from '../../kit/contest/votes.ts';

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
  // Before the app takes away what they work on.
  await stopApis();
  await app?.stop();
});

const apiOf = (n: number) => apis[n % 2] ?? app;
const castVotes = async (videoId: string): Promise<{ rows: number; shown: number }> => {
  const [row] = await app.database.em
    .fork()
    .execute<[{ rows: number }]>('select count(*)::int as rows from votes where video_id = ?', [
      toRowId(videoId),
    ]);
  return { ...row, shown: (await findVideoRow(app, videoId))?.votes ?? Number.NaN };
};

test('500 votes of one player for one video at once, through two APIs, are one vote', async () => {
  const [videoId = ''] = await publishVideos(app.database, [await gatherOne(app)]);
  const fan = await gatherOne(app);
  const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => castVote(apiOf(n), fan, videoId)));
  expect(countKinds(answers)).toEqual({ Video: 1, AlreadyVoted: 499 });
  expect(await castVotes(videoId)).toEqual({ rows: 1, shown: 1 });

  const backs = await Promise.all(Array.from({ length: 40 }, (_, n) => withdrawVote(apiOf(n), fan, videoId)));
  expect(countKinds(backs)).toEqual({ Video: 1, NotVoted: 39 });
  expect(await castVotes(videoId)).toEqual({ rows: 0, shown: 0 });
});

test('one vote counts once though the id of its video comes in other spellings at once', async () => {
  const [videoId = ''] = await publishVideos(app.database, [await gatherOne(app)]);
  const fan = await gatherOne(app);
  const rowId = toRowId(videoId);
  // The first 40 that differ: each letter of the id in one case or the other.
  const spellings = Array.from({ length: 40 }, (_, n) =>
    rowId.replace(/[a-f]/g, (letter, at: number) =>
      ((n + 1) >> (at % 6)) & 1 ? letter.toUpperCase() : letter,
    ),
  );
  const cast = (spelling: string) => castVote(app, fan, encodeId('Video', spelling));
  const answers = await Promise.all(spellings.map(cast));
  expect(countKinds(answers)).toEqual({ Video: 1, AlreadyVoted: 39 });
  expect(await castVotes(videoId)).toEqual({ rows: 1, shown: 1 });

  const [upper = ''] = spellings.toReversed();
  expect(await withdrawVote(app, fan, encodeId('Video', upper))).toMatchObject({ __typename: 'Video' });
  expect(await castVotes(videoId)).toEqual({ rows: 0, shown: 0 });
});

test('counters equal rows after 300 players vote and withdraw at once while videos are hidden and restored', async () => {
  const players = await gather(app, 10);
  const videoIds = await publishVideos(app.database, [...players, ...players]);
  const [fans, moderator] = await Promise.all([gather(app, 300), gatherModerator(app)]);

  const answers: { __typename: string }[] = [];
  const vote = async (fan: Fan, n: number) => {
    const [first = '', second = ''] = [videoIds[n % 20], videoIds[(7 * n + 3) % 20]];
    answers.push(await whenServed(() => castVote(apiOf(n), fan, first)));
    if (n % 3 === 0) answers.push(await whenServed(() => withdrawVote(apiOf(n + 1), fan, first)));
    if (n % 4 === 0) answers.push(await whenServed(() => castVote(apiOf(n + 1), fan, second)));
  };
  const moderate = async (n: number) => {
    for (const videoId of [videoIds[n], videoIds[n + 5]]) {
      for (const document of [HIDE, RESTORE]) {
        await whenServed(async () => {
          const api = apiOf(n);
          const { errors } = await api.graphql(document.toString(), { videoId: videoId ?? '' }, moderator);
          if (errors) throw new Error(JSON.stringify(errors));
          return true;
        });
      }
    }
  };
  await Promise.all([...fans.map(vote), ...[0, 1, 2, 3, 4].map(moderate)]);

  const kinds = countKinds(answers);
  expect(
    Object.keys(kinds).filter(
      kind => !['Video', 'VoteWithdrawn', 'AlreadyVoted', 'NotVoted', 'VideoNotPublished'].includes(kind),
    ),
  ).toEqual([]);
  expect(kinds.Video).toBeGreaterThan(300);
  expect(await findMiscounts(app.database)).toEqual([]);
  await projected(app);
});

test('no two transactions have waited for each other in a circle', async () => {
  // A backend reports what it has counted at the latest when it ends.
  await stopApis();
  expect(await countDeadlocks(app.database)).toBe(0);
});
