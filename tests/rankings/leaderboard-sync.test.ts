import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { findMismatch } from '../../src/rankings/find-mismatch.ts';
import { GLOBAL_BOARD } from '../../src/rankings/leaderboard-rows.ts';
import { type LeaderboardSync, startLeaderboardSync } from '../../src/rankings/start-leaderboard-sync.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { publishVideos } from '../kit/contest/videos.ts';
import { giveVotes } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';

let environment: TestEnvironment;
let leaderboardSync: LeaderboardSync;
let videoIds: string[];
beforeEach(async () => {
  environment = await openTestEnvironment();
  const players = await insertPlayers(environment.database, 3);
  videoIds = await publishVideos(
    environment.database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  leaderboardSync = startLeaderboardSync({
    ...environment,
    logger: createLogger({ level: 'silent' }, { process: 'test' }),
  });
  await waitForLeaderboard(environment);
});
afterEach(async () => {
  await leaderboardSync?.stop();
  await environment?.[Symbol.asyncDispose]();
});

const untilShown = (players: number) =>
  waitUntil(
    `${players} players are shown`,
    () =>
      environment.leaderboard.countEntries(GLOBAL_BOARD).then(
        size => size === players,
        () => false,
      ),
    { deadlineSeconds: 2 },
  );

test('builds missing leaderboards even if no score has changed', async () => {
  await environment.redis.flushall();
  await untilShown(3);
  expect(await findMismatch(environment)).toBeNull();
});

test('syncs a change of another process within 1 s without a notification', async () => {
  const [videoId = ''] = videoIds;
  await giveVotes(environment.database, new Map([[videoId, 4]]));
  using clock = new MachineClock();
  await waitUntil(
    'the votes are shown',
    async () => (await environment.leaderboard.findRange(GLOBAL_BOARD, 0, 1))[0]?.score === 4,
    { deadlineSeconds: 2 },
  );
  expect(clock.seconds).toBeLessThan(1);
});

test('finds leaderboards with a missing player or a wrong vote total', async () => {
  const [videoId = ''] = videoIds;
  await giveVotes(environment.database, new Map([[videoId, 4]]));
  await waitForLeaderboard(environment);
  expect(await findMismatch(environment)).toBeNull();
  const removeFirst = async (board: string) => {
    const [key = ''] = await environment.redis.keys(`{board}:*:on:${board}`);
    await environment.redis.zremrangebyrank(key, 0, 0);
  };
  const [city] = (await environment.leaderboard.findTotals()).filter(({ board }) => board !== GLOBAL_BOARD);
  await removeFirst(GLOBAL_BOARD);
  await removeFirst(city?.board ?? '');
  expect(await findMismatch(environment)).toMatch(/leaderboard has 2 players and 4 votes instead of 3 and 4/);
  await environment.redis.flushall();
  await untilShown(3);
  const [scores = ''] = await environment.redis.keys('{board}:*:scores');
  for (const board of [GLOBAL_BOARD, city?.board ?? '']) await environment.redis.hincrby(scores, board, 3);
  expect(await findMismatch(environment)).toMatch(/leaderboard has 3 players and 7 votes instead of 3 and 4/);
  await environment.redis.flushall();
  await untilShown(3);
  await leaderboardSync.stop();
  await giveVotes(environment.database, new Map([[videoId, 1]]));
  expect(await findMismatch(environment), 'while a change is not yet synced').toBeNull();
  await removeFirst(city?.board ?? '');
  expect(await findMismatch(environment), 'a missing player while a change is not yet synced').toMatch(
    /city boards have 2 players .* global board's 3 and 4/,
  );
});
