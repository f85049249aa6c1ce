import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LeaderboardEntry } from '../../src/platform/leaderboard/leaderboard.ts';
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

test('entries are ordered by score, then by tie-breaker, then by id', async () => {
  await board.upsert([
    createRow('d', 0),
    createRow('c', 7, { tieBreaker: '8' }),
    createRow('b', 7, { tieBreaker: '6' }),
    createRow('a', 7, { tieBreaker: '6' }),
    createRow('e', 12, { tieBreaker: '9' }),
  ]);
  expect(await listIds('all')).toEqual(['e', 'a', 'b', 'c', 'd']);
  expect(await board.findRange('all', 1, 3)).toEqual([createEntry(7, '6', 'a'), createEntry(7, '6', 'b')]);
  expect(await board.findRange('all', 4, 9)).toEqual([createEntry(0, '5', 'd')]);
  expect(await board.findRange('all', 2, 2)).toEqual([]);
  expect(await board.findRange('nowhere', 0, 9)).toEqual([]);
});

test('only the newest version of a row counts, in any order and with repetitions', async () => {
  const versions = [
    createRow('a', 3, { version: 4, boards: ['all', 'city:cali'] }),
    createRow('a', 9, { version: 3 }),
    createRow('a', 1, { version: 2, boards: [] }),
    createRow('a', 5, { version: 1 }),
  ];
  for (const order of [
    versions,
    versions.toReversed(),
    [...versions, ...versions, versions[2] ?? createRow('a', 0)],
  ]) {
    await redis.flushall();
    await board.rebuild(createBatches());
    for (const version of order) await board.upsert([version]);
    expect(await board.findRange('all', 0, 9)).toEqual([createEntry(3, '5', 'a')]);
    expect(await listIds('city:cali')).toEqual(['a']);
    expect(await listIds('city:bogota')).toEqual([]);
    const totals = await board.findTotals();
    expect(totals).toHaveLength(2);
    expect(totals).toContainEqual({ board: 'all', entries: 1, score: 3 });
  }
});

test('an older version does not restore a removed row, and a newer one does', async () => {
  await board.upsert([createRow('a', 3)]);
  await board.upsert([createRow('a', 0, { version: 3, boards: [] })]);
  await board.upsert([createRow('a', 5, { version: 2 })]);
  expect(await listIds('all')).toEqual([]);
  await board.upsert([createRow('a', 6, { version: 4 })]);
  expect(await board.findRange('all', 0, 9)).toEqual([createEntry(6, '5', 'a')]);
});

test('an upsert returns the changed boards, also those that a row has left', async () => {
  expect((await board.upsert([createRow('a', 0)])).toSorted()).toEqual(['all', 'city:bogota']);
  const moved = createRow('a', 0, { version: 2, boards: ['all', 'city:cali'] });
  expect((await board.upsert([moved])).toSorted()).toEqual(['all', 'city:bogota', 'city:cali']);
  expect(await board.upsert([moved, createRow('a', 9)])).toEqual([]);
  expect((await board.upsert([createRow('a', 0, { version: 3, boards: [] })])).toSorted()).toEqual([
    'all',
    'city:cali',
  ]);
});

test('find returns index and entry of several players', async () => {
  await board.upsert([createRow('a', 1), createRow('b', 2), createRow('c', 0, { boards: [] })]);
  expect(await board.find('all', ['a', 'nobody', 'b', 'c'])).toEqual([
    { index: 1, entry: createEntry(1, '5', 'a') },
    null,
    { index: 0, entry: createEntry(2, '5', 'b') },
    null,
  ]);
  expect(await board.find('city:cali', ['a'])).toEqual([null]);
});

test('pages start and end beside existing and missing entries with the same score', async () => {
  const findBounds = async (name: string, entry: LeaderboardEntry) => {
    const preceding = await board.findPage(name, { limit: 0, after: null, before: entry, fromEnd: true });
    const following = await board.findPage(name, { limit: 0, after: entry, before: null, fromEnd: false });
    return { before: preceding.from, upTo: following.from };
  };
  await board.upsert([
    createRow('a', 9),
    createRow('b', 4, { tieBreaker: '1' }),
    createRow('c', 4, { tieBreaker: '3' }),
    createRow('d', 0),
  ]);
  const bounds: [LeaderboardEntry, number, number][] = [
    [createEntry(9, '5', 'a'), 0, 1],
    [createEntry(4, '1', 'b'), 1, 2],
    [createEntry(4, '2', 'b'), 2, 2],
    [createEntry(4, '3', 'bb'), 2, 2],
    [createEntry(4, '3', 'c'), 2, 3],
    [createEntry(4, '9', 'z'), 3, 3],
    [createEntry(99, '0', 'a'), 0, 0],
    [createEntry(0, '5', 'd'), 3, 4],
    [createEntry(0, '6', 'd'), 4, 4],
  ];
  for (const [expected, before, upTo] of bounds) {
    expect(await findBounds('all', expected), JSON.stringify(expected)).toEqual({ before, upTo });
  }
  await board.upsert([createRow('c', 0, { version: 2, boards: [] })]);
  expect(await findBounds('all', createEntry(4, '3', 'c'))).toEqual({ before: 2, upTo: 2 });
  expect(await findBounds('nowhere', createEntry(1, '1', 'a'))).toEqual({ before: 0, upTo: 0 });
});

test('pages start after or before any entry, from either end', async () => {
  await board.upsert(['a', 'b', 'c', 'd', 'e'].map((id, n) => createRow(id, 10 - 2 * n)));
  const readPage = async (
    limit: number,
    after: LeaderboardEntry | null,
    before: LeaderboardEntry | null,
    fromEnd = false,
  ) => {
    const { entries, ...bounds } = await board.findPage('all', { limit, after, before, fromEnd });
    return { ids: entries.map(({ id }) => id).join(''), ...bounds };
  };
  const [b, missing, e] = [createEntry(8, '5', 'b'), createEntry(5, '5', 'x'), createEntry(2, '5', 'e')];
  expect(await readPage(2, null, null)).toEqual({ ids: 'ab', from: 0, size: 5 });
  expect(await readPage(2, b, null)).toEqual({ ids: 'cd', from: 2, size: 5 });
  expect(await readPage(9, missing, null)).toEqual({ ids: 'de', from: 3, size: 5 });
  expect(await readPage(2, e, null)).toEqual({ ids: '', from: 5, size: 5 });
  expect(await readPage(2, null, null, true)).toEqual({ ids: 'de', from: 3, size: 5 });
  expect(await readPage(2, null, missing, true)).toEqual({ ids: 'bc', from: 1, size: 5 });
  expect(await readPage(2, null, createEntry(10, '5', 'a'), true)).toEqual({ ids: '', from: 0, size: 5 });
  expect(await readPage(9, b, e)).toEqual({ ids: 'cd', from: 2, size: 5 });
  expect(await readPage(1, b, e, true)).toEqual({ ids: 'd', from: 3, size: 5 });
  expect(await readPage(9, e, b)).toMatchObject({ ids: '', size: 5 });
  expect(await readPage(0, null, null)).toEqual({ ids: '', from: 0, size: 5 });
});

test('each board has its totals', async () => {
  await board.upsert([
    createRow('a', 3),
    createRow('b', 4),
    createRow('c', 5, { boards: ['all', 'city:cali'] }),
  ]);
  expect((await board.findTotals()).toSorted((a, b) => (a.board < b.board ? -1 : 1))).toEqual([
    { board: 'all', entries: 3, score: 12 },
    { board: 'city:bogota', entries: 2, score: 7 },
    { board: 'city:cali', entries: 1, score: 5 },
  ]);
  expect(await board.countEntries('city:bogota')).toBe(2);
  expect(await board.countEntries('nowhere')).toBe(0);
});
