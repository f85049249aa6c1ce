import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  LeaderboardNotBuilt,
  type LeaderboardRow,
  LeaderboardUnavailable,
} from '../../src/platform/leaderboard/leaderboard.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import {
  createBatches,
  createEntry,
  createRow,
  openTestLeaderboard,
  type TestLeaderboard,
} from '../kit/contest/leaderboard.ts';

let leaderboard: TestLeaderboard;
let board: TestLeaderboard['board'];
let redis: TestLeaderboard['redis'];
let listIds: TestLeaderboard['listIds'];
beforeAll(async () => {
  leaderboard = await openTestLeaderboard();
  ({ board, redis, listIds } = leaderboard);
});
afterAll(() => leaderboard?.[Symbol.asyncDispose]());
beforeEach(() => leaderboard.reset());

test('a check fails after Redis lost acknowledged writes, until a rebuild', async () => {
  await board.upsert([createRow('a', 3)]);
  const [key = ''] = await redis.keys('{board}:*:writers');
  const before = await redis.hgetall(key);
  await board.upsert([createRow('a', 4, { version: 2 })]);
  await board.check();
  // The state of a Redis that was killed and restarted from an older copy on disk.
  await redis.hset(key, before);
  await expect(board.check()).rejects.toThrow(LeaderboardNotBuilt);
  // Other processes continue to write.
  await openRedisLeaderboard(redis).upsert([createRow('b', 5, { version: 3 })]);
  await expect(board.check()).rejects.toThrow(LeaderboardNotBuilt);
  await board.rebuild(createBatches());
  await board.check();
});

describe('a rebuild', () => {
  const many = (score: number, version: number) =>
    Array.from({ length: 1200 }, (_, n) => createRow(`p${n}`, score, { version }));

  test('is atomic for concurrent readers', async () => {
    await board.upsert(many(1, 1));
    const seen = new Set<string>();
    let done = false;
    const reader = async () => {
      while (!done) {
        const [entries, size] = await Promise.all([
          board.findRange('all', 0, 2000),
          board.countEntries('all'),
        ]);
        seen.add(`${entries.length} of ${size}, ${entries.at(0)?.score} to ${entries.at(-1)?.score}`);
      }
    };
    const readers = [reader(), reader()];
    await board.rebuild(createBatches(many(2, 2).slice(0, 600), many(2, 2).slice(600)));
    await board.rebuild(createBatches(many(2, 2)));
    done = true;
    await Promise.all(readers);
    expect([...seen].toSorted()).toEqual(['1200 of 1200, 1 to 1', '1200 of 1200, 2 to 2'].slice(-seen.size));
    expect(await board.findRange('all', 0, 1)).toEqual([createEntry(2, '5', 'p0')]);
  });

  test('keeps concurrent writes', async () => {
    await board.upsert([createRow('old', 1)]);
    async function* withConcurrentWrites(): AsyncGenerator<LeaderboardRow[]> {
      yield [createRow('a', 1)];
      await board.upsert([
        createRow('a', 7, { version: 2 }),
        createRow('b', 5, { version: 2 }),
        createRow('c', 0, { version: 3, boards: [] }),
      ]);
      yield [createRow('b', 1), createRow('c', 9, { version: 2 })];
    }
    await board.rebuild(withConcurrentWrites());
    expect(await board.findRange('all', 0, 9)).toEqual([createEntry(7, '5', 'a'), createEntry(5, '5', 'b')]);
  });

  test('that another rebuild has overtaken replaces nothing', async () => {
    async function* overtaken(): AsyncGenerator<LeaderboardRow[]> {
      yield [createRow('late', 1)];
      await board.rebuild(createBatches([createRow('a', 1)]));
      yield [createRow('later', 1)];
    }
    await expect(board.rebuild(overtaken())).rejects.toThrow(LeaderboardUnavailable);
    expect(await listIds('all')).toEqual(['a']);
  });

  test('during which Redis was flushed replaces nothing', async () => {
    async function* interrupted(): AsyncGenerator<LeaderboardRow[]> {
      yield [createRow('a', 1)];
      await redis.flushall();
      yield [createRow('b', 1)];
    }
    await expect(board.rebuild(interrupted())).rejects.toThrow(LeaderboardUnavailable);
    await expect(board.countEntries('all')).rejects.toThrow(LeaderboardNotBuilt);
  });

  test('removes older boards, and those of a failed rebuild', async () => {
    async function* broken(): AsyncGenerator<LeaderboardRow[]> {
      yield [createRow('a', 1)];
      throw new Error('database unavailable');
    }
    await expect(board.rebuild(broken())).rejects.toThrow('database unavailable');
    await board.rebuild(createBatches([createRow('a', 1)]));
    // The name of the generation, its rows, its scores and two boards remain.
    expect(await redis.keys('*')).toHaveLength(5);
  });
});

test('every call rejects when the leaderboard is not built or Redis does not respond', async () => {
  const calls = () => [
    board.upsert([createRow('a', 1)]),
    board.findRange('all', 0, 9),
    board.findPage('all', { limit: 9, after: null, before: null, fromEnd: false }),
    board.find('all', ['a']),
    board.countEntries('all'),
    board.check(),
    board.findTotals(),
  ];
  await redis.flushall();
  for (const call of calls()) await expect(call).rejects.toThrow(LeaderboardNotBuilt);
  await leaderboard.server.stop();
  for (const outcome of await Promise.allSettled([...calls(), board.rebuild(createBatches())])) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'LeaderboardUnavailable' } });
  }
  // The listener must exist before the event; once() would reject at the first connection error.
  const ready = new Promise(resolve => redis.once('ready', resolve));
  await leaderboard.server.start();
  await ready;
  await board.rebuild(createBatches());
  expect(await board.countEntries('all')).toBe(0);
});
