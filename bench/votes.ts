// Votes per second on one hot video with 64 concurrent voters: concurrent votes in one transaction, as the
// product writes them, against the same statements in one transaction per vote. Each run has a new video, all
// voters and a fixed time. Postgres flushes each commit to disk. Both variants have 64 connections.
//
//   npm run bench -- votes [rounds = 3] [seconds per run = 4]

import { openModel } from '../src/model.ts';
import { createVoteBatcher } from '../src/votes/vote-batcher.ts';
import { type CastVoteOutcome, insertVotes, type VoteInput } from '../src/votes/write-votes.ts';
import { fillContest, query } from './kit/contest-data.ts';
import { median } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const CONCURRENT = 64;
const VOTERS = 80_000;
const TARGET = 15;
const RULES = { votingOpensAt: null, votingClosesAt: null, maxVotesPerPlayer: null };

const [rounds = 3, seconds = 4] = process.argv.slice(2).map(Number);

await using servers = await startServers('votes');
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: VOTERS, mostVotes: 0 });
const [candidates, voterIds] = await query(databaseUrl, async client => {
  const videos = await client.query<{ id: string }>('select id from videos limit $1', [2 * rounds + 2]);
  const voters = await client.query<{ id: string }>(
    'select id from players where id not in (select player_id from videos where id = any($1))',
    [videos.rows.map(({ id }) => id)],
  );
  return [videos.rows.map(({ id }) => id), voters.rows.map(({ id }) => id)];
});

await using cleanup = new AsyncDisposableStack();
const database = await openModel({ database: { url: databaseUrl, poolSize: CONCURRENT } });
cleanup.defer(() => database.close(true));
const forkEm = () => database.em.fork();
const voteBatcher = createVoteBatcher({
  forkEm,
  rules: RULES,
  secrets: ['bench'],
  onChange: () => undefined,
});
const networkHash = voteBatcher.hashNetwork('192.0.2.1');

const variants: Record<'batched' | 'single', (vote: VoteInput) => Promise<CastVoteOutcome | undefined>> = {
  batched: vote => voteBatcher.inserts.add(vote),
  single: async vote => (await insertVotes({ em: forkEm(), rules: RULES }, [vote]))[0],
};

// Warm-up: connections, query plans and code that both variants need.
for (const cast of Object.values(variants)) await measureVotesPerSecond(cast, 1);
const speeds = { batched: [] as number[], single: [] as number[] };
for (let round = 1; round <= rounds; round++) {
  for (const name of ['batched', 'single'] as const) {
    const speed = await measureVotesPerSecond(variants[name], seconds);
    speeds[name].push(speed);
    console.log(`round ${round}: ${name} ${speed.toFixed(0)} votes/s`);
  }
}
const [batched, single] = [median(speeds.batched), median(speeds.single)];
console.log(`median: batched ${batched.toFixed(0)} votes/s, single ${single.toFixed(0)} votes/s`);
console.log(`ratio ${(batched / single).toFixed(1)} (at least ${TARGET})`);

/**
 * Runs 64 concurrent voters on a new video and checks that each vote counts once. Returns votes per second.
 */
async function measureVotesPerSecond(
  cast: (vote: VoteInput) => Promise<CastVoteOutcome | undefined>,
  forSeconds: number,
): Promise<number> {
  const videoId = candidates.pop();
  if (videoId === undefined) throw new Error('Not enough videos');
  const voters = voterIds.values();
  const startedMs = performance.now();
  let votes = 0;
  const vote = async () => {
    for (const voterId of voters) {
      const outcome = await cast({ voterId, videoId, networkHash });
      if (outcome !== 'COUNTED') throw new Error(`A vote was not counted: ${outcome}`);
      votes += 1;
      if (performance.now() - startedMs > forSeconds * 1000) return;
    }
    throw new Error('Not enough voters');
  };
  await Promise.all(Array.from({ length: CONCURRENT }, vote));
  const took = (performance.now() - startedMs) / 1000;
  const { rows } = await query(databaseUrl, client =>
    client.query<{ counter: number; rows: number }>(
      'select votes as counter, (select count(*)::int from votes where video_id = $1) as rows from videos where id = $1',
      [videoId],
    ),
  );
  const [counts] = rows;
  if (counts?.counter !== votes || counts.rows !== votes) {
    throw new Error(`${votes} votes became ${JSON.stringify(counts)}`);
  }
  return votes / took;
}
