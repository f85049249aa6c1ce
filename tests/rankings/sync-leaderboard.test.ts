import { expect, test } from 'vitest';
import { createRandom } from '../../chaos/random.ts';
import { encodeId } from '../../schema/global-ids.ts';
import { updateProfile } from '../../src/contest/update-profile.ts';
import { hideVideo, restoreVideo } from '../../src/moderation/hide-video.ts';
import { ExpectedError } from '../../src/platform/errors.ts';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from '../../src/platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../../src/platform/pubsub/event-bus.ts';
import { toCityKey } from '../../src/players/to-city-key.ts';
import { GLOBAL_BOARD, toCityBoard } from '../../src/rankings/leaderboard-rows.ts';
import { rebuildLeaderboard, syncLeaderboard } from '../../src/rankings/sync-leaderboard.ts';
import { deleteVideo } from '../../src/videos/delete-video.ts';
import { toRenditionKeys } from '../../src/videos/files/video-files.ts';
import { claimVideo } from '../../src/videos/processing/claim-video.ts';
import { completeVideo } from '../../src/videos/processing/record-processing.ts';
import { deleteVotes, insertVotes } from '../../src/votes/write-votes.ts';
import {
  createCrashingDeps,
  InjectedCrash,
  openTestEnvironment,
  type TestEnvironment,
} from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { insertVideo, publishVideos } from '../kit/contest/videos.ts';
import { findCounterMismatches } from '../kit/contest/votes.ts';

const CITIES = ['Bogotá', 'BOGOTA', 'Cali', 'Medellín', 'Santa Marta', 'santa  marta'];
const BOARDS = [GLOBAL_BOARD, ...new Set(CITIES.map(city => toCityBoard(toCityKey(city))))];
const RULES = { votingOpensAt: null, votingClosesAt: null, maxVotesPerPlayer: null, winnersPerCity: 1 };
const ROUNDS = 30;
const OPERATIONS_PER_ROUND = 40;

/** Reproduces the random choices of a run. The interleaving of operations still depends on the machine. */
const SEED = Number(process.env.SEED ?? 1);

/** Computes the expected leaderboards from the votes, in the published order. */
async function computeExpected({ em }: TestEnvironment): Promise<Record<string, string[]>> {
  const rows = await em.execute<{ id: string; votes: number; city: string }[]>(
    `select players.id, city_key as city, count(votes.id)::int as votes
       from players join videos on videos.player_id = players.id and status = 'PROCESSED' and hidden_at is null
       left join votes on votes.video_id = videos.id
      group by players.id
      order by count(votes.id) desc, coalesce(max(cast_at), min(processed_at)), players.id`,
  );
  const getEntries = (board: string) =>
    rows.filter(({ city }) => board === GLOBAL_BOARD || board === toCityBoard(city));
  return Object.fromEntries(
    BOARDS.map(board => [board, getEntries(board).map(({ id, votes }) => `${id} ${votes}`)]),
  );
}

async function readLeaderboards({ leaderboard }: TestEnvironment): Promise<Record<string, string[]>> {
  const totals = await leaderboard.findTotals();
  const boards = BOARDS.map(async board => {
    const entries = await leaderboard.findRange(board, 0, 10_000);
    const total = totals.find(other => other.board === board);
    expect(total?.entries ?? 0).toBe(entries.length);
    expect(total?.score ?? 0).toBe(entries.reduce((sum, { score }) => sum + score, 0));
    return [board, entries.map(({ id, score }) => `${id} ${score}`)] as const;
  });
  return Object.fromEntries(await Promise.all(boards));
}

async function syncCompletely(environment: TestEnvironment): Promise<void> {
  try {
    await syncLeaderboard(environment);
  } catch (error) {
    if (!(error instanceof LeaderboardNotBuilt)) throw error;
    await rebuildLeaderboard(environment);
    await syncLeaderboard(environment);
  }
}

test('leaderboards equal a recount after thousands of operations and crashes', async () => {
  await using environment = await openTestEnvironment();
  const random = createRandom(SEED);
  const { next, pick } = random.fork('operations');

  const players = (
    await Promise.all(CITIES.map(city => insertPlayers(environment.database, 6, city)))
  ).flat();
  const videos: { id: string; playerId: string }[] = [];
  const publish = async (playerId: string) => {
    const id = toRowId(await insertVideo(environment.database, { id: encodeId('Player', playerId) }));
    const claim = await claimVideo(environment, id, { leaseSeconds: 60, maxWorkerDeaths: 2 });
    if (claim === null) throw new Error('The video cannot be claimed');
    await completeVideo(environment, claim, { ...toRenditionKeys(id, 1), durationSeconds: 7 });
    videos.push({ id, playerId });
  };
  for (const playerId of players.slice(0, 20)) await publish(playerId);
  const remove = ({ id, playerId }: (typeof videos)[number]) => deleteVideo(environment, playerId, id);

  const votes = () =>
    Array.from({ length: 1 + Math.floor(next() * 6) }, () => ({
      voterId: pick(players),
      videoId: pick(videos).id,
      networkHash: 'n',
    }));
  const moderation = () => ({ em: environment.em, events: environment.events, rules: RULES });
  const action = () => ({ moderatorId: pick(players), videoId: pick(videos).id, reason: 'a random choice' });
  const operations: [weight: number, run: () => Promise<unknown>][] = [
    [50, () => insertVotes({ em: environment.em, rules: RULES }, votes())],
    [20, () => deleteVotes({ em: environment.em, rules: RULES }, votes())],
    [8, () => hideVideo(moderation(), action())],
    [8, () => restoreVideo(moderation(), action())],
    [8, () => updateProfile({ em: environment.em, rules: RULES }, pick(players), { city: pick(CITIES) })],
    [6, () => remove(pick(videos))],
    [3, () => publish(pick(players))],
  ];
  const weightedOperations = operations.flatMap(([weight, run]) => Array.from({ length: weight }, () => run));

  let crashes = 0;
  // Each process has its own generator, so its random choices do not depend on the speed of the others.
  const createCrashing = (name: string) => {
    const generator = random.fork(name);
    return createCrashingDeps(environment, () => generator.next() < 0.12);
  };
  const ignoreCrash = async (process: Promise<unknown>): Promise<void> => {
    try {
      await process;
    } catch (error) {
      if (error instanceof InjectedCrash) crashes += 1;
      else if (!(error instanceof ExpectedError || error instanceof LeaderboardUnavailable)) throw error;
    }
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    const running = Array.from({ length: OPERATIONS_PER_ROUND }, () =>
      ignoreCrash(pick(weightedOperations)()),
    );
    const syncs = [1, 2].map(n => ignoreCrash(syncLeaderboard(createCrashing(`sync ${n} of ${round}`))));
    const rebuilds =
      next() < 0.2 ? [ignoreCrash(rebuildLeaderboard(createCrashing(`rebuild of ${round}`)))] : [];
    await Promise.all([...running, ...syncs, ...rebuilds]);
    if (next() < 0.04) await environment.redis.flushall();
    if (round % 10 !== 9) continue;
    await syncCompletely(environment);
    expect(await readLeaderboards(environment), `seed ${SEED}, round ${round}`).toEqual(
      await computeExpected(environment),
    );
  }
  expect(await findCounterMismatches(environment.database)).toEqual([]);
  expect(crashes).toBeGreaterThan(10);
});

test('the next sync publishes the leaderboards that a crash left unpublished', async () => {
  await using environment = await openTestEnvironment();
  const players = await insertPlayers(environment.database, 1, 'Cali');
  await publishVideos(
    environment.database,
    players.map(id => ({ id: encodeId('Player', id) })),
  );
  await rebuildLeaderboard(environment);
  const crashingBus: EventBus = {
    ...environment.events,
    publish: () => Promise.reject(new InjectedCrash('before')),
  };
  await expect(syncLeaderboard({ ...environment, events: crashingBus })).rejects.toThrow(InjectedCrash);
  const published: string[] = [];
  const recordingBus: EventBus = {
    ...environment.events,
    publish: async (_channel, subject) => void published.push(subject),
  };
  await syncLeaderboard({ ...environment, events: recordingBus });
  expect(published.toSorted()).toEqual([GLOBAL_BOARD, toCityBoard('cali')]);
});

test('updateProfile marks the score of a player who changes city before the first video is published', async () => {
  await using environment = await openTestEnvironment();
  const [playerId = '', other = ''] = await insertPlayers(environment.database, 2);
  await insertVideo(environment.database, { id: encodeId('Player', playerId) }, { status: 'PROCESSING' });
  for (const id of [playerId, playerId, other]) {
    await updateProfile({ em: environment.em, rules: RULES }, id, { city: 'Cali' });
  }
  const marked = 'select player_id, votes, published_videos from tallies where dirty';
  expect(await environment.em.execute(marked)).toEqual([
    { player_id: playerId, votes: 0, published_videos: 0 },
  ]);
});
