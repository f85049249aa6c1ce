import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { openModel } from '../../src/model.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { recalculateScores } from '../../src/rankings/recalculate-scores.ts';
import { createVoteBatcher } from '../../src/votes/vote-batcher.ts';
import { deleteVotes, insertVotes, type VotingRules } from '../../src/votes/write-votes.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { publishVideos } from '../kit/contest/videos.ts';
import { findCounterMismatches } from '../kit/contest/votes.ts';
import { createDatabase } from '../kit/services/services.ts';

const RULES: VotingRules = { votingOpensAt: null, votingClosesAt: null, maxVotesPerPlayer: null };
const NETWORK = 'n'.repeat(43);

let testDatabase: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
beforeAll(async () => {
  testDatabase = await createDatabase();
  database = await openModel({ database: { url: testDatabase.url, poolSize: 10 } });
});
afterAll(async () => {
  await database.close(true);
  await testDatabase.drop();
});

const createVideos = async (count: number): Promise<string[]> => {
  const players = await insertPlayers(database, count);
  const videoIds = await publishVideos(
    database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  return videoIds.map(toRowId);
};
const voteInput = (voterId: string, videoId: string) => ({ voterId, videoId, networkHash: NETWORK });
const em = () => database.em.fork();
const hide = async (videoId: string) => {
  const [row] = await em().execute<[{ player_id: string }]>(
    'update videos set hidden_at = now() where id = ? returning player_id',
    [videoId],
  );
  await recalculateScores(em(), [row.player_id]);
};

test('insertVotes returns one outcome for each vote, in order, also for duplicates', async () => {
  const [videoId = '', hidden = ''] = await createVideos(2);
  const [a = '', b = '', c = ''] = await insertPlayers(database, 3);
  await hide(hidden);
  const [owner] = await em().execute<[{ player_id: string }]>('select player_id from videos where id = ?', [
    videoId,
  ]);
  await insertVotes({ em: em(), rules: RULES }, [voteInput(c, videoId)]);
  const votes = [
    voteInput(a, videoId),
    voteInput(a, hidden),
    voteInput(a, videoId),
    voteInput(owner.player_id, videoId),
    voteInput(b, videoId),
    voteInput(c, videoId),
    voteInput(b, randomUUID()),
    voteInput(a, videoId),
  ];
  expect(await insertVotes({ em: em(), rules: RULES }, votes)).toEqual([
    'COUNTED',
    'VIDEO_NOT_PUBLISHED',
    'ALREADY_VOTED',
    'OWN_VIDEO',
    'COUNTED',
    'ALREADY_VOTED',
    'VIDEO_NOT_PUBLISHED',
    'ALREADY_VOTED',
  ]);
  const withdrawals = [
    voteInput(a, videoId),
    voteInput(a, hidden),
    voteInput(a, videoId),
    voteInput(c, videoId),
  ];
  expect(await deleteVotes({ em: em(), rules: RULES }, withdrawals)).toEqual([
    'WITHDRAWN',
    'NOT_VOTED',
    'NOT_VOTED',
    'WITHDRAWN',
  ]);
});

test('insertVotes counts a vote once under different spellings of the video id', async () => {
  const [videoId = ''] = await createVideos(1);
  const [a = ''] = await insertPlayers(database, 1);
  const spellings = [videoId, videoId.toUpperCase(), `{${videoId}}`];
  await insertVotes(
    { em: em(), rules: RULES },
    spellings.map(id => voteInput(a, id)),
  );
  expect(await em().execute('select votes from videos where id = ?', [videoId])).toEqual([{ votes: 1 }]);
  expect(await findCounterMismatches(database)).toEqual([]);
});

test('insertVotes counts at most maxVotesPerPlayer votes of a player in one transaction', async () => {
  const videoIds = await createVideos(5);
  const [a = '', b = ''] = await insertPlayers(database, 2);
  const votes = videoIds.flatMap(id => [voteInput(a, id), voteInput(b, id)]);
  const outcomes = await insertVotes({ em: em(), rules: { ...RULES, maxVotesPerPlayer: 2 } }, votes);
  for (const parity of [0, 1]) {
    const testDatabase = outcomes.filter((_, index) => index % 2 === parity);
    expect(testDatabase.toSorted()).toEqual([
      'COUNTED',
      'COUNTED',
      ...Array.from({ length: 3 }, () => 'VOTE_LIMIT_REACHED'),
    ]);
  }
});

test('a vote that breaks a batch fails without the other votes of the batch', async () => {
  const [videoId = ''] = await createVideos(1);
  const voters = await insertPlayers(database, 20);
  // Only the rows of this voter violate the constraint.
  await em().execute(`alter table votes add constraint bad_luck check (voter_id <> '${voters[7]}')`);
  let changes = 0;
  const batcher = createVoteBatcher({
    forkEm: em,
    rules: RULES,
    secrets: ['x'.repeat(32)],
    onChange: () => changes++,
  });
  const outcomes = await Promise.allSettled(voters.map(id => batcher.inserts.add(voteInput(id, videoId))));
  expect(outcomes[7]).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('bad_luck') },
  });
  expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toEqual(
    Array.from({ length: 19 }, () => ({ status: 'fulfilled', value: 'COUNTED' })),
  );
  expect(changes).toBe(19);
  await em().execute('alter table votes drop constraint bad_luck');
  expect(await findCounterMismatches(database)).toEqual([]);
});

test('insertVotes rejects the vote of a deleted player and counts the others', async () => {
  const [videoId = ''] = await createVideos(1);
  const voters = await insertPlayers(database, 3);
  await em().execute('delete from players where id = ?', [voters[1] ?? '']);
  expect(
    await insertVotes(
      { em: em(), rules: RULES },
      voters.map(id => voteInput(id, videoId)),
    ),
  ).toEqual(['COUNTED', 'VIDEO_NOT_PUBLISHED', 'COUNTED']);
});

test('the batcher writes 1,000 concurrent votes in two transactions of 500', async () => {
  const [videoId = ''] = await createVideos(1);
  const voters = await insertPlayers(database, 1000);
  const sizes: number[] = [];
  const batcher = createVoteBatcher({
    forkEm: em,
    rules: RULES,
    secrets: ['x'.repeat(32)],
    onChange: () => sizes.push(sizes.length),
  });
  const outcomes = await Promise.all(voters.map(id => batcher.inserts.add(voteInput(id, videoId))));
  expect(new Set(outcomes)).toEqual(new Set(['COUNTED']));
  const perTransaction = await em().execute<{ count: number }[]>(
    'select count(*)::int as count from votes where video_id = ? group by xmin::text',
    [videoId],
  );
  expect(perTransaction.map(({ count }) => count)).toEqual([500, 500]);
  expect(sizes).toHaveLength(2);
  expect(await findCounterMismatches(database)).toEqual([]);
});

test('hashNetwork is equal within a network and differs between networks and between secrets', () => {
  const createBatcher = (secret: string) =>
    createVoteBatcher({ forkEm: em, rules: RULES, secrets: [secret], onChange: () => undefined });
  const batcher = createBatcher('x'.repeat(32));
  expect(batcher.hashNetwork('2001:db8::1')).toBe(batcher.hashNetwork('2001:db8::ffff'));
  expect(batcher.hashNetwork('::ffff:10.0.0.1')).toBe(batcher.hashNetwork('10.0.0.1'));
  expect(batcher.hashNetwork('10.0.0.2')).not.toBe(batcher.hashNetwork('10.0.0.1'));
  expect(createBatcher('y'.repeat(32)).hashNetwork('10.0.0.1')).not.toBe(batcher.hashNetwork('10.0.0.1'));
});
