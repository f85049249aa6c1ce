import { expect, test } from 'vitest';
import { createRandom } from '../../chaos/random.ts';
import { encodeId } from '../../schema/global-ids.ts';
import { updateProfile } from '../../src/contest/update-profile.ts';
import { hideVideo, restoreVideo } from '../../src/moderation/hide-video.ts';
import { ExpectedError } from '../../src/platform/errors.ts';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from '../../src/platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../../src/platform/pubsub/event-bus.ts';
import { toCityKey } from '../../src/players/city.ts';
import { GLOBAL_BOARD, toCityBoard } from '../../src/rankings/leaderboard-rows.ts';
import { rebuildLeaderboard, syncLeaderboard } from '../../src/rankings/sync-leaderboard.ts';
import { deleteVideo } from '../../src/videos/delete-video.ts';
import { toRenditionKeys } from '../../src/videos/files/video-files.ts';
import { claimVideo, completeVideo } from '../../src/videos/processing/record-processing.ts';
import { deleteVotes, insertVotes } from '../../src/votes/write-votes.ts';
import { type ContestWorld, Crash, mortal, openContestWorld } from '../kit/api/contest-world.ts';
import { insertPlayers, publishVideos } from '../kit/contest/create-users.ts';
import { insertVideo, toRowId } from '../kit/contest/videos.ts';
import { findMiscounts } from '../kit/contest/votes.ts';

const CITIES = ['Bogotá', 'BOGOTA', 'Cali', 'Medellín', 'Santa Marta', 'santa  marta'];
const BOARDS = [GLOBAL_BOARD, ...new Set(CITIES.map(city => toCityBoard(toCityKey(city))))];
const RULES = { votingOpensAt: null, votingClosesAt: null, maxVotesPerPlayer: null, winnersPerCity: 1 };
const ROUNDS = 30;
const OPERATIONS_A_ROUND = 40;

/** The draws of a run can be had again from its seed; what overlaps with what is the machine's. */
const SEED = Number(process.env.SEED ?? 1);

/** The boards as they must be: a recount of the votes themselves, in the published order. */
async function recount({ em }: ContestWorld): Promise<Record<string, string[]>> {
  const rows = await em.execute<{ id: string; votes: number; city: string }[]>(
    `select players.id, city_key as city, count(votes.id)::int as votes
       from players join videos on videos.player_id = players.id and status = 'PROCESSED' and hidden_at is null
       left join votes on votes.video_id = videos.id
      group by players.id
      order by count(votes.id) desc, coalesce(max(cast_at), min(processed_at)), players.id`,
  );
  const on = (board: string) =>
    rows.filter(({ city }) => board === GLOBAL_BOARD || board === toCityBoard(city));
  return Object.fromEntries(BOARDS.map(board => [board, on(board).map(({ id, votes }) => `${id} ${votes}`)]));
}

async function shown({ leaderboard }: ContestWorld): Promise<Record<string, string[]>> {
  const totals = await leaderboard.totals();
  const boards = BOARDS.map(async board => {
    const standings = await leaderboard.range(board, 0, 10_000);
    const total = totals.find(other => other.board === board);
    expect(total?.entries ?? 0).toBe(standings.length);
    expect(total?.score ?? 0).toBe(standings.reduce((sum, { score }) => sum + score, 0));
    return [board, standings.map(({ id, score }) => `${id} ${score}`)] as const;
  });
  return Object.fromEntries(await Promise.all(boards));
}

async function settle(world: ContestWorld): Promise<void> {
  try {
    await syncLeaderboard(world);
  } catch (error) {
    if (!(error instanceof LeaderboardNotBuilt)) throw error;
    await rebuildLeaderboard(world);
    await syncLeaderboard(world);
  }
}

test('boards equal a recount after thousands of operations and crashes', async () => {
  await using world = await openContestWorld();
  const random = createRandom(SEED);
  const { next, pick } = random.fork('operations');

  const players = (await Promise.all(CITIES.map(city => insertPlayers(world.database, 6, city)))).flat();
  const videos: { id: string; playerId: string }[] = [];
  const publish = async (playerId: string) => {
    const id = toRowId(await insertVideo(world.database, { id: encodeId('Player', playerId) }));
    const claim = await claimVideo(world, id, { leaseSeconds: 60, maxWorkerDeaths: 2 });
    if (claim === null) throw new Error('The video is not to be had');
    await completeVideo(world, claim, { ...toRenditionKeys(id, 1), durationSeconds: 7 });
    videos.push({ id, playerId });
  };
  for (const playerId of players.slice(0, 20)) await publish(playerId);
  const remove = ({ id, playerId }: (typeof videos)[number]) => deleteVideo(world, playerId, id);

  const ballots = () =>
    Array.from({ length: 1 + Math.floor(next() * 6) }, () => ({
      voterId: pick(players),
      videoId: pick(videos).id,
      networkHash: 'n',
    }));
  const moderation = () => ({ em: world.em, events: world.events, rules: RULES });
  const action = () => ({ moderatorId: pick(players), videoId: pick(videos).id, reason: 'by lot' });
  const operations: [weight: number, act: () => Promise<unknown>][] = [
    [50, () => insertVotes(world.em, ballots(), RULES)],
    [20, () => deleteVotes(world.em, ballots(), RULES)],
    [8, () => hideVideo(moderation(), action())],
    [8, () => restoreVideo(moderation(), action())],
    [8, () => updateProfile({ em: world.em, rules: RULES }, pick(players), { city: pick(CITIES) })],
    [6, () => remove(pick(videos))],
    [3, () => publish(pick(players))],
  ];
  const lots = operations.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));

  let deaths = 0;
  // Each draws from a generator of its own: what one draws does not depend on the speed of the others.
  const dyingBy = (name: string) => {
    const own = random.fork(name);
    return mortal(world, () => own.next() < 0.12);
  };
  const survive = async (process: Promise<unknown>): Promise<void> => {
    try {
      await process;
    } catch (error) {
      if (error instanceof Crash) deaths += 1;
      else if (!(error instanceof ExpectedError || error instanceof LeaderboardUnavailable)) throw error;
    }
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    const acts = Array.from({ length: OPERATIONS_A_ROUND }, () => survive(pick(lots)()));
    const projectors = [1, 2].map(n => survive(syncLeaderboard(dyingBy(`projector ${n} of ${round}`))));
    const rebuilds = next() < 0.2 ? [survive(rebuildLeaderboard(dyingBy(`rebuild of ${round}`)))] : [];
    await Promise.all([...acts, ...projectors, ...rebuilds]);
    if (next() < 0.04) await world.redis.flushall();
    if (round % 10 !== 9) continue;
    await settle(world);
    expect(await shown(world), `seed ${SEED}, round ${round}`).toEqual(await recount(world));
  }
  expect(await findMiscounts(world.database)).toEqual([]);
  expect(deaths).toBeGreaterThan(10);
});

test('a board that a crash has kept from being told of is told of by the next projection', async () => {
  await using world = await openContestWorld();
  const players = await insertPlayers(world.database, 1, 'Cali');
  await publishVideos(
    world.database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  await rebuildLeaderboard(world);
  const dying: EventBus = { ...world.events, publish: () => Promise.reject(new Crash('before')) };
  await expect(syncLeaderboard({ ...world, events: dying })).rejects.toThrow(Crash);
  const told: string[] = [];
  const remembering: EventBus = {
    ...world.events,
    publish: async (_channel, subject) => void told.push(subject),
  };
  await syncLeaderboard({ ...world, events: remembering });
  expect(told.toSorted()).toEqual([GLOBAL_BOARD, toCityBoard('cali')]);
});

test('a player who moves while the first video is about to be published is marked', async () => {
  await using world = await openContestWorld();
  const [playerId = '', other = ''] = await insertPlayers(world.database, 2);
  await insertVideo(world.database, { id: encodeId('Player', playerId) }, { status: 'PROCESSING' });
  for (const id of [playerId, playerId, other]) {
    await updateProfile({ em: world.em, rules: RULES }, id, { city: 'Cali' });
  }
  const marked = 'select player_id, votes, published_videos from tallies where dirty';
  expect(await world.em.execute(marked)).toEqual([{ player_id: playerId, votes: 0, published_videos: 0 }]);
});
