import type { Redis } from 'ioredis';
import type { LeaderboardEntry, LeaderboardRow } from '../../../src/platform/leaderboard/leaderboard.ts';
import { openRedisLeaderboard } from '../../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { openRedis } from '../../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../services/services.ts';

/** The Redis leaderboard on a dedicated server. */
export interface TestLeaderboard extends AsyncDisposable {
  server: TestRedis;
  redis: Redis;
  board: ReturnType<typeof openRedisLeaderboard>;
  /** Empties Redis and builds an empty leaderboard. */
  reset(): Promise<void>;
  /** Returns the ids on a board in their order. */
  listIds(name: string): Promise<string[]>;
}

/** Opens a leaderboard that is not built yet. */
export async function openTestLeaderboard(): Promise<TestLeaderboard> {
  const server = await startRedis();
  const redis = openRedis(server.url, 'command', createLogger({ level: 'silent' }, { process: 'test' }));
  const board = openRedisLeaderboard(redis);
  await new Promise(resolve => redis.once('ready', resolve));
  return {
    server,
    redis,
    board,
    async reset() {
      await redis.flushall();
      await board.rebuild(createBatches());
    },
    listIds: async name => (await board.findRange(name, 0, 1000)).map(({ id }) => id),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await server.stop();
    },
  };
}

/** Creates a row of a player from Bogotá, with the tie-breaker 5 and the version 1. */
export const createRow = (
  id: string,
  score: number,
  changes: Partial<LeaderboardRow> = {},
): LeaderboardRow => ({
  id,
  score,
  tieBreaker: '5',
  version: 1,
  boards: ['all', 'city:bogota'],
  ...changes,
});

export const createEntry = (score: number, tieBreaker: string, id: string): LeaderboardEntry => ({
  score,
  tieBreaker,
  id,
});

/** Yields lists of rows, as a rebuild reads them. */
export async function* createBatches(...lists: LeaderboardRow[][]): AsyncGenerator<LeaderboardRow[]> {
  yield* lists;
}
