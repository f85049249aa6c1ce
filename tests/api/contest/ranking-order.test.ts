import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../../kit/api/app.ts';
import { createUsers, NO_LIMITS, type TestUser } from '../../kit/contest/create-users.ts';
import { readRankingPage } from '../../kit/contest/rankings.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { publishVideos } from '../../kit/contest/videos.ts';
import { castVote, giveVotes } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';

let app: App;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
});
afterAll(() => app?.stop());

test('rankings put the first player to reach a total first, and continue from a cursor after entries have moved', async () => {
  const players = await createUsers(app, 12, 'Pasto');
  const videoIds = await publishVideos(app.database, players);
  const voters = await createUsers(app, 4);
  const vote = async (player: number, voter: number) => {
    const { __typename } = await castVote(app, voters[voter] as TestUser, videoIds[player] ?? '');
    expect(__typename).toBe('Video');
  };
  // The player with the later id reaches the total first.
  await vote(2, 0);
  await vote(1, 0);
  await vote(1, 1);
  await vote(2, 1);
  await vote(3, 1);
  await waitForLeaderboard(app);
  const indexes = (ids: string[]) => ids.map(id => players.findIndex(player => player.id === id));
  const first = await readRankingPage(app, { city: 'Pasto', first: 5 });
  expect(indexes(first.ids)).toEqual([1, 2, 3, 0, 4]);

  // One entry of the page is hidden, and a later entry moves to the top.
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
  await waitForLeaderboard(app);
  const second = await readRankingPage(app, { city: 'Pasto', first: 4, after: first.pageInfo.endCursor });
  expect(indexes(second.ids)).toEqual([5, 6, 7, 9]);
  expect(second.edges.map(({ node }) => node.position)).toEqual([6, 7, 8, 9]);
  const back = await readRankingPage(app, { city: 'Pasto', last: 9, before: second.pageInfo.startCursor });
  expect(indexes(back.ids)).toEqual([8, 1, 3, 0, 4]);
});
