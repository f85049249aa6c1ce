import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { openModel } from '../../src/model.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { recalculateScores } from '../../src/rankings/player-scores.ts';
import { createVoteBatcher } from '../../src/votes/vote-batcher.ts';
import { deleteVotes, insertVotes, type VotingRules } from '../../src/votes/write-votes.ts';
import { insertPlayers, publishVideos } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/videos.ts';
import { findMiscounts } from '../kit/contest/votes.ts';
import { createDatabase } from '../kit/services/services.ts';

const RULES: VotingRules = { votingOpensAt: null, votingClosesAt: null, maxVotesPerPlayer: null };
const NETWORK = 'n'.repeat(43);

let own: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
beforeAll(async () => {
  own = await createDatabase();
  database = await openModel({ database: { url: own.url, poolSize: 10 } });
});
afterAll(async () => {
  await database.close(true);
  await own.drop();
});

const videosOf = async (count: number): Promise<string[]> => {
  const players = await insertPlayers(database, count);
  const videoIds = await publishVideos(
    database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  return videoIds.map(toRowId);
};
const ballot = (voterId: string, videoId: string) => ({ voterId, videoId, networkHash: NETWORK });
const em = () => database.em.fork();
const hide = async (videoId: string) => {
  const [row] = await em().execute<[{ player_id: string }]>(
    'update videos set hidden_at = now() where id = ? returning player_id',
    [videoId],
  );
  await recalculateScores(em(), [row.player_id]);
};

test('each ballot of one transaction gets its own verdict, equal ones in their order', async () => {
  const [videoId = '', hidden = ''] = await videosOf(2);
  const [a = '', b = '', c = ''] = await insertPlayers(database, 3);
  await hide(hidden);
  const [owner] = await em().execute<[{ player_id: string }]>('select player_id from videos where id = ?', [
    videoId,
  ]);
  await insertVotes(em(), [ballot(c, videoId)], RULES);
  const ballots = [
    ballot(a, videoId),
    ballot(a, hidden),
    ballot(a, videoId),
    ballot(owner.player_id, videoId),
    ballot(b, videoId),
    ballot(c, videoId),
    ballot(b, randomUUID()),
    ballot(a, videoId),
  ];
  expect(await insertVotes(em(), ballots, RULES)).toEqual([
    'COUNTED',
    'VIDEO_NOT_PUBLISHED',
    'ALREADY_VOTED',
    'OWN_VIDEO',
    'COUNTED',
    'ALREADY_VOTED',
    'VIDEO_NOT_PUBLISHED',
    'ALREADY_VOTED',
  ]);
  const withdrawals = [ballot(a, videoId), ballot(a, hidden), ballot(a, videoId), ballot(c, videoId)];
  expect(await deleteVotes(em(), withdrawals, RULES)).toEqual([
    'WITHDRAWN',
    'NOT_VOTED',
    'NOT_VOTED',
    'WITHDRAWN',
  ]);
});

test('a ballot counts once in whatever spellings of its ids it comes', async () => {
  const [videoId = ''] = await videosOf(1);
  const [a = ''] = await insertPlayers(database, 1);
  const spellings = [videoId, videoId.toUpperCase(), `{${videoId}}`];
  await insertVotes(
    em(),
    spellings.map(id => ballot(a, id)),
    RULES,
  );
  expect(await em().execute('select votes from videos where id = ?', [videoId])).toEqual([{ votes: 1 }]);
  expect(await findMiscounts(database)).toEqual([]);
});

test('of the ballots of one player in one transaction only as many count as the player has votes', async () => {
  const videoIds = await videosOf(5);
  const [a = '', b = ''] = await insertPlayers(database, 2);
  const ballots = videoIds.flatMap(id => [ballot(a, id), ballot(b, id)]);
  const verdicts = await insertVotes(em(), ballots, { ...RULES, maxVotesPerPlayer: 2 });
  for (const parity of [0, 1]) {
    const own = verdicts.filter((_, at) => at % 2 === parity);
    expect(own.toSorted()).toEqual([
      'COUNTED',
      'COUNTED',
      ...Array.from({ length: 3 }, () => 'VOTE_LIMIT_REACHED'),
    ]);
  }
});

test('a vote that breaks the transaction fails alone: its neighbours count', async () => {
  const [videoId = ''] = await videosOf(1);
  const voters = await insertPlayers(database, 20);
  // Only this voter's rows are refused by the database, as by a constraint of tomorrow.
  await em().execute(`alter table votes add constraint bad_luck check (voter_id <> '${voters[7]}')`);
  let changes = 0;
  const box = createVoteBatcher({ forkEm: em, rules: RULES, changed: () => changes++ }, ['x'.repeat(32)]);
  const outcomes = await Promise.allSettled(voters.map(id => box.inserts.add(ballot(id, videoId))));
  expect(outcomes[7]).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('bad_luck') },
  });
  expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toEqual(
    Array.from({ length: 19 }, () => ({ status: 'fulfilled', value: 'COUNTED' })),
  );
  expect(changes).toBe(19);
  await em().execute('alter table votes drop constraint bad_luck');
  expect(await findMiscounts(database)).toEqual([]);
});

test('a voter who is gone by then fails nobody else', async () => {
  const [videoId = ''] = await videosOf(1);
  const voters = await insertPlayers(database, 3);
  await em().execute('delete from players where id = ?', [voters[1] ?? '']);
  expect(
    await insertVotes(
      em(),
      voters.map(id => ballot(id, videoId)),
      RULES,
    ),
  ).toEqual(['COUNTED', 'VIDEO_NOT_PUBLISHED', 'COUNTED']);
});

test('a thousand votes at once are a few transactions, none of them larger than 500', async () => {
  const [videoId = ''] = await videosOf(1);
  const voters = await insertPlayers(database, 1000);
  const sizes: number[] = [];
  const box = createVoteBatcher({ forkEm: em, rules: RULES, changed: () => sizes.push(sizes.length) }, [
    'x'.repeat(32),
  ]);
  const verdicts = await Promise.all(voters.map(id => box.inserts.add(ballot(id, videoId))));
  expect(new Set(verdicts)).toEqual(new Set(['COUNTED']));
  const perTransaction = await em().execute<{ count: number }[]>(
    'select count(*)::int as count from votes where video_id = ? group by xmin::text',
    [videoId],
  );
  expect(perTransaction.map(({ count }) => count)).toEqual([500, 500]);
  expect(sizes).toHaveLength(2);
  expect(await findMiscounts(database)).toEqual([]);
});

test('names a network by a keyed hash: equal for one network, different for another, and under another secret', () => {
  const boxOf = (secret: string) =>
    createVoteBatcher({ forkEm: em, rules: RULES, changed: () => undefined }, [secret]);
  const box = boxOf('x'.repeat(32));
  expect(box.networkHash('2001:db8::1')).toBe(box.networkHash('2001:db8::ffff'));
  expect(box.networkHash('::ffff:10.0.0.1')).toBe(box.networkHash('10.0.0.1'));
  expect(box.networkHash('10.0.0.2')).not.toBe(box.networkHash('10.0.0.1'));
  expect(boxOf('y'.repeat(32)).networkHash('10.0.0.1')).not.toBe(box.networkHash('10.0.0.1'));
});
