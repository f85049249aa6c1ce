import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type LeaderboardEntry,
  LeaderboardNotBuilt,
  type LeaderboardRow,
  LeaderboardUnavailable,
} from '../../src/platform/leaderboard/leaderboard.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';

let server: TestRedis;
let redis: Redis;
let board: ReturnType<typeof openRedisLeaderboard>;
beforeAll(async () => {
  server = await startRedis();
  redis = openRedis(server.url, 'command', createLogger({ level: 'silent' }, { process: 'test' }));
  board = openRedisLeaderboard(redis);
  await new Promise(resolve => redis.once('ready', resolve));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const row = (id: string, score: number, changes: Partial<LeaderboardRow> = {}): LeaderboardRow => ({
  id,
  score,
  tieBreaker: '5',
  version: 1,
  boards: ['all', 'city:bogota'],
  ...changes,
});
async function* batches(...lists: LeaderboardRow[][]): AsyncGenerator<LeaderboardRow[]> {
  yield* lists;
}
const listIds = async (name: string) => (await board.range(name, 0, 1000)).map(({ id }) => id);
const entry = (score: number, tieBreaker: string, id: string): LeaderboardEntry => ({
  score,
  tieBreaker,
  id,
});

beforeEach(async () => {
  await redis.flushall();
  await board.rebuild(batches());
});

test('entries are ordered by score, then by tie-breaker, then by id', async () => {
  await board.upsert([
    row('d', 0),
    row('c', 7, { tieBreaker: '8' }),
    row('b', 7, { tieBreaker: '6' }),
    row('a', 7, { tieBreaker: '6' }),
    row('e', 12, { tieBreaker: '9' }),
  ]);
  expect(await listIds('all')).toEqual(['e', 'a', 'b', 'c', 'd']);
  expect(await board.range('all', 1, 3)).toEqual([entry(7, '6', 'a'), entry(7, '6', 'b')]);
  expect(await board.range('all', 4, 9)).toEqual([entry(0, '5', 'd')]);
  expect(await board.range('all', 2, 2)).toEqual([]);
  expect(await board.range('nowhere', 0, 9)).toEqual([]);
});

test('only the newest version of a row counts, in any order and with repetitions', async () => {
  const versions = [
    row('a', 3, { version: 4, boards: ['all', 'city:cali'] }),
    row('a', 9, { version: 3 }),
    row('a', 1, { version: 2, boards: [] }),
    row('a', 5, { version: 1 }),
  ];
  for (const order of [
    versions,
    versions.toReversed(),
    [...versions, ...versions, versions[2] ?? row('a', 0)],
  ]) {
    await redis.flushall();
    await board.rebuild(batches());
    for (const version of order) await board.upsert([version]);
    expect(await board.range('all', 0, 9)).toEqual([entry(3, '5', 'a')]);
    expect(await listIds('city:cali')).toEqual(['a']);
    expect(await listIds('city:bogota')).toEqual([]);
    const totals = await board.totals();
    expect(totals).toHaveLength(2);
    expect(totals).toContainEqual({ board: 'all', entries: 1, score: 3 });
  }
});

test('an older version does not restore a removed row, and a newer one does', async () => {
  await board.upsert([row('a', 3)]);
  await board.upsert([row('a', 0, { version: 3, boards: [] })]);
  await board.upsert([row('a', 5, { version: 2 })]);
  expect(await listIds('all')).toEqual([]);
  await board.upsert([row('a', 6, { version: 4 })]);
  expect(await board.range('all', 0, 9)).toEqual([entry(6, '5', 'a')]);
});

test('an upsert returns the changed boards, also those that a row has left', async () => {
  expect((await board.upsert([row('a', 0)])).toSorted()).toEqual(['all', 'city:bogota']);
  const moved = row('a', 0, { version: 2, boards: ['all', 'city:cali'] });
  expect((await board.upsert([moved])).toSorted()).toEqual(['all', 'city:bogota', 'city:cali']);
  expect(await board.upsert([moved, row('a', 9)])).toEqual([]);
  expect((await board.upsert([row('a', 0, { version: 3, boards: [] })])).toSorted()).toEqual([
    'all',
    'city:cali',
  ]);
});

test('find returns index and entry of several players', async () => {
  await board.upsert([row('a', 1), row('b', 2), row('c', 0, { boards: [] })]);
  expect(await board.find('all', ['a', 'nobody', 'b', 'c'])).toEqual([
    { index: 1, entry: entry(1, '5', 'a') },
    null,
    { index: 0, entry: entry(2, '5', 'b') },
    null,
  ]);
  expect(await board.find('city:cali', ['a'])).toEqual([null]);
});

test('getRank works for existing and for missing entries', async () => {
  await board.upsert([
    row('a', 9),
    row('b', 4, { tieBreaker: '1' }),
    row('c', 4, { tieBreaker: '3' }),
    row('d', 0),
  ]);
  const bounds: [LeaderboardEntry, number, number][] = [
    [entry(9, '5', 'a'), 0, 1],
    [entry(4, '1', 'b'), 1, 2],
    [entry(4, '2', 'b'), 2, 2],
    [entry(4, '3', 'bb'), 2, 2],
    [entry(4, '3', 'c'), 2, 3],
    [entry(4, '9', 'z'), 3, 3],
    [entry(99, '0', 'a'), 0, 0],
    [entry(0, '5', 'd'), 3, 4],
    [entry(0, '6', 'd'), 4, 4],
  ];
  for (const [standing, before, upTo] of bounds) {
    expect(await board.getRank('all', standing), JSON.stringify(standing)).toEqual({ before, upTo });
  }
  await board.upsert([row('c', 0, { version: 2, boards: [] })]);
  expect(await board.getRank('all', entry(4, '3', 'c'))).toEqual({ before: 2, upTo: 2 });
  expect(await board.getRank('nowhere', entry(1, '1', 'a'))).toEqual({ before: 0, upTo: 0 });
});

test('pages start after or before any entry, from either end', async () => {
  await board.upsert(['a', 'b', 'c', 'd', 'e'].map((id, n) => row(id, 10 - 2 * n)));
  const readPage = async (
    limit: number,
    after: LeaderboardEntry | null,
    before: LeaderboardEntry | null,
    fromEnd = false,
  ) => {
    const { entries, ...bounds } = await board.page('all', { limit, after, before, fromEnd });
    return { ids: entries.map(({ id }) => id).join(''), ...bounds };
  };
  const [b, missing, e] = [entry(8, '5', 'b'), entry(5, '5', 'x'), entry(2, '5', 'e')];
  expect(await readPage(2, null, null)).toEqual({ ids: 'ab', from: 0, size: 5 });
  expect(await readPage(2, b, null)).toEqual({ ids: 'cd', from: 2, size: 5 });
  expect(await readPage(9, missing, null)).toEqual({ ids: 'de', from: 3, size: 5 });
  expect(await readPage(2, e, null)).toEqual({ ids: '', from: 5, size: 5 });
  expect(await readPage(2, null, null, true)).toEqual({ ids: 'de', from: 3, size: 5 });
  expect(await readPage(2, null, missing, true)).toEqual({ ids: 'bc', from: 1, size: 5 });
  expect(await readPage(2, null, entry(10, '5', 'a'), true)).toEqual({ ids: '', from: 0, size: 5 });
  expect(await readPage(9, b, e)).toEqual({ ids: 'cd', from: 2, size: 5 });
  expect(await readPage(1, b, e, true)).toEqual({ ids: 'd', from: 3, size: 5 });
  expect(await readPage(9, e, b)).toMatchObject({ ids: '', size: 5 });
  expect(await readPage(0, null, null)).toEqual({ ids: '', from: 0, size: 5 });
});

test('each board has its totals', async () => {
  await board.upsert([row('a', 3), row('b', 4), row('c', 5, { boards: ['all', 'city:cali'] })]);
  expect((await board.totals()).toSorted((a, b) => (a.board < b.board ? -1 : 1))).toEqual([
    { board: 'all', entries: 3, score: 12 },
    { board: 'city:bogota', entries: 2, score: 7 },
    { board: 'city:cali', entries: 1, score: 5 },
  ]);
  expect(await board.size('city:bogota')).toBe(2);
  expect(await board.size('nowhere')).toBe(0);
});

test('a check fails after Redis lost acknowledged writes, until a rebuild', async () => {
  await board.upsert([row('a', 3)]);
  const [key = ''] = await redis.keys('{board}:*:writers');
  const before = await redis.hgetall(key);
  await board.upsert([row('a', 4, { version: 2 })]);
  await board.check();
  // The state of a Redis that was killed and restarted from an older copy on disk.
  await redis.hset(key, before);
  await expect(board.check()).rejects.toThrow(LeaderboardNotBuilt);
  // Other processes continue to write.
  await openRedisLeaderboard(redis).upsert([row('b', 5, { version: 3 })]);
  await expect(board.check()).rejects.toThrow(LeaderboardNotBuilt);
  await board.rebuild(batches());
  await board.check();
});

describe('a rebuild', () => {
  const many = (score: number, version: number) =>
    Array.from({ length: 1200 }, (_, n) => row(`p${n}`, score, { version }));

  test('is atomic for concurrent readers', async () => {
    await board.upsert(many(1, 1));
    const seen = new Set<string>();
    let done = false;
    const reader = async () => {
      while (!done) {
        const [standings, size] = await Promise.all([board.range('all', 0, 2000), board.size('all')]);
        seen.add(`${standings.length} of ${size}, ${standings.at(0)?.score} to ${standings.at(-1)?.score}`);
      }
    };
    const readers = [reader(), reader()];
    await board.rebuild(batches(many(2, 2).slice(0, 600), many(2, 2).slice(600)));
    await board.rebuild(batches(many(2, 2)));
    done = true;
    await Promise.all(readers);
    expect([...seen].toSorted()).toEqual(['1200 of 1200, 1 to 1', '1200 of 1200, 2 to 2'].slice(-seen.size));
    expect(await board.range('all', 0, 1)).toEqual([entry(2, '5', 'p0')]);
  });

  test('keeps concurrent writes', async () => {
    await board.upsert([row('old', 1)]);
    async function* withConcurrentWrites(): AsyncGenerator<LeaderboardRow[]> {
      yield [row('a', 1)];
      await board.upsert([
        row('a', 7, { version: 2 }),
        row('b', 5, { version: 2 }),
        row('c', 0, { version: 3, boards: [] }),
      ]);
      yield [row('b', 1), row('c', 9, { version: 2 })];
    }
    await board.rebuild(withConcurrentWrites());
    expect(await board.range('all', 0, 9)).toEqual([entry(7, '5', 'a'), entry(5, '5', 'b')]);
  });

  test('that another rebuild has overtaken replaces nothing', async () => {
    async function* overtaken(): AsyncGenerator<LeaderboardRow[]> {
      yield [row('late', 1)];
      await board.rebuild(batches([row('a', 1)]));
      yield [row('later', 1)];
    }
    await expect(board.rebuild(overtaken())).rejects.toThrow(LeaderboardUnavailable);
    expect(await listIds('all')).toEqual(['a']);
  });

  test('during which Redis was flushed replaces nothing', async () => {
    async function* interrupted(): AsyncGenerator<LeaderboardRow[]> {
      yield [row('a', 1)];
      await redis.flushall();
      yield [row('b', 1)];
    }
    await expect(board.rebuild(interrupted())).rejects.toThrow(LeaderboardUnavailable);
    await expect(board.size('all')).rejects.toThrow(LeaderboardNotBuilt);
  });

  test('removes older boards, and those of a failed rebuild', async () => {
    async function* broken(): AsyncGenerator<LeaderboardRow[]> {
      yield [row('a', 1)];
      throw new Error('database unavailable');
    }
    await expect(board.rebuild(broken())).rejects.toThrow('database unavailable');
    await board.rebuild(batches([row('a', 1)]));
    // The name of the generation, its rows, its scores and two boards remain.
    expect(await redis.keys('*')).toHaveLength(5);
  });
});

test('every call rejects when there are no boards or Redis does not answer', async () => {
  const calls = () => [
    board.upsert([row('a', 1)]),
    board.range('all', 0, 9),
    board.page('all', { limit: 9, after: null, before: null, fromEnd: false }),
    board.find('all', ['a']),
    board.getRank('all', entry(1, '1', 'a')),
    board.size('all'),
    board.check(),
    board.totals(),
  ];
  await redis.flushall();
  for (const call of calls()) await expect(call).rejects.toThrow(LeaderboardNotBuilt);
  await server.stop();
  for (const outcome of await Promise.allSettled([...calls(), board.rebuild(batches())])) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'LeaderboardUnavailable' } });
  }
  // The listener must exist before the event; once() would reject at the first connection error.
  const ready = new Promise(resolve => redis.once('ready', resolve));
  await server.start();
  await ready;
  await board.rebuild(batches());
  expect(await board.size('all')).toBe(0);
});
