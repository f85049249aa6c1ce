import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { GLOBAL_BOARD } from '../../src/rankings/leaderboard-rows.ts';
import {
  findMismatch,
  type LeaderboardSync,
  startLeaderboardSync,
} from '../../src/rankings/leaderboard-sync.ts';
import { type ContestWorld, openContestWorld } from '../kit/api/contest-world.ts';
import { giveVotes, insertPlayers, projected, publishVideos } from '../kit/contest/create-users.ts';

let world: ContestWorld;
let projector: LeaderboardSync;
let videoIds: string[];
beforeEach(async () => {
  world = await openContestWorld();
  const players = await insertPlayers(world.database, 3);
  videoIds = await publishVideos(
    world.database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  projector = startLeaderboardSync({
    ...world,
    logger: createLogger({ level: 'silent' }, { process: 'test' }),
  });
  await projected(world);
});
afterEach(async () => {
  await projector?.stop();
  await world?.[Symbol.asyncDispose]();
});

const shows = (players: number) =>
  waitUntil(
    `${players} players are shown`,
    () =>
      world.leaderboard.size(GLOBAL_BOARD).then(
        size => size === players,
        () => false,
      ),
    { deadlineSeconds: 2 },
  );

test('builds boards that are not there, though nothing has changed', async () => {
  await world.redis.flushall();
  await shows(3);
  expect(await findMismatch(world)).toBeNull();
});

test('shows what another process has changed within a second, without being told', async () => {
  const [videoId = ''] = videoIds;
  await giveVotes(world.database, new Map([[videoId, 4]]));
  using clock = new MachineClock();
  await waitUntil(
    'the votes are shown',
    async () => (await world.leaderboard.range(GLOBAL_BOARD, 0, 1))[0]?.score === 4,
    { deadlineSeconds: 2 },
  );
  expect(clock.seconds).toBeLessThan(1);
});

test('notices boards that have lost a player or hold other votes', async () => {
  const [videoId = ''] = videoIds;
  await giveVotes(world.database, new Map([[videoId, 4]]));
  await projected(world);
  expect(await findMismatch(world)).toBeNull();
  const takeFrom = async (board: string) => {
    const [key = ''] = await world.redis.keys(`{board}:*:on:${board}`);
    await world.redis.zremrangebyrank(key, 0, 0);
  };
  const [city] = (await world.leaderboard.totals()).filter(({ board }) => board !== GLOBAL_BOARD);
  await takeFrom(GLOBAL_BOARD);
  await takeFrom(city?.board ?? '');
  expect(await findMismatch(world)).toMatch(/boards hold 2 players and 4 votes, not 3 and 4/);
  await world.redis.flushall();
  await shows(3);
  const [scores = ''] = await world.redis.keys('{board}:*:scores');
  for (const board of [GLOBAL_BOARD, city?.board ?? '']) await world.redis.hincrby(scores, board, 3);
  expect(await findMismatch(world)).toMatch(/boards hold 3 players and 7 votes, not 3 and 4/);
  await world.redis.flushall();
  await shows(3);
  await projector.stop();
  await giveVotes(world.database, new Map([[videoId, 1]]));
  expect(await findMismatch(world), 'while a change is on its way').toBeNull();
  await takeFrom(city?.board ?? '');
  expect(await findMismatch(world), 'also then').toMatch(/cities hold 2 players .* 3 and 4 of all/);
});
