// Time of a ranking page with 1,000,000 players, in the middle (position 500,000) and at the top, against the
// top with 1,000 players; of a player's rank; of the same page by OFFSET and the same rank by counting, both
// in Postgres; and the memory of the leaderboards in Redis. Each round runs every read once, so that a slow
// phase of the machine affects all reads equally.
//
//   npm run bench -- rankings [players = 1000000] [rounds = 2000]

import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { openModel } from '../src/model.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { findRankings, findRanks, type RankingDeps } from '../src/rankings/find-rankings.ts';
import { GLOBAL_BOARD } from '../src/rankings/leaderboard-rows.ts';
import * as postgres from '../src/rankings/postgres-rankings.ts';
import type { RankedEntry, RankingPage } from '../src/rankings/ranked-entry.ts';
import { rebuildLeaderboard } from '../src/rankings/sync-leaderboard.ts';
import { fillContest } from './kit/contest-data.ts';
import { median } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const FEW = 1000;
const PAGE = 20;
const ROUNDS_IN_POSTGRES = 5;
const TARGETS = { middleAgainstTop: 1.3, manyAgainstFew: 1.5 };

const [players = 1_000_000, rounds = 2000] = process.argv.slice(2).map(Number);
const middle = players / 2;
const logger = createLogger({ level: 'warn' }, {});

await using cleanup = new AsyncDisposableStack();
const servers = cleanup.use(
  // No measured read waits for a commit.
  await startServers('rankings', { fsync: 'off', full_page_writes: 'off' }),
);
const many = await openContest('many', players, 0);
const few = await openContest('few', FEW, 1);

const before = await readEntryAt(many, middle);
const milliseconds = await measure(rounds, {
  top: () => findRankings(many, GLOBAL_BOARD, page(null)),
  middle: () => findRankings(many, GLOBAL_BOARD, page(before)),
  fewTop: () => findRankings(few, GLOBAL_BOARD, page(null)),
  rank: () => findRanks(many, [before.id]),
});
const inPostgres = await measure(ROUNDS_IN_POSTGRES, {
  offset: () =>
    many.em.execute(
      `select player_id, votes from tallies where published_videos > 0
        order by votes desc, reached_at, player_id offset ? limit ?`,
      [middle, PAGE],
    ),
  rank: () => postgres.findRanks(many.em, [before.id]),
});

const show = (name: string, ms: number) => console.log(`${name.padEnd(44)} ${ms.toFixed(3)} ms`);
show(`page 1 of ${players} players`, milliseconds.top);
show(`page at position ${middle}`, milliseconds.middle);
show(`page 1 of ${FEW} players`, milliseconds.fewTop);
show('rank of one player', milliseconds.rank);
show(`page at ${middle} by OFFSET in Postgres`, inPostgres.offset);
show('rank by counting in Postgres', inPostgres.rank);
const ratio = (name: string, value: number, target: number) =>
  console.log(`${name}: ratio ${value.toFixed(2)} (at most ${target})`);
ratio('middle against top', milliseconds.middle / milliseconds.top, TARGETS.middleAgainstTop);
ratio(`${players} against ${FEW} players`, milliseconds.top / milliseconds.fewTop, TARGETS.manyAgainstFew);

/** Creates a contest and builds its leaderboards. `redisDatabase` separates two contests. */
async function openContest(name: string, size: number, redisDatabase: number): Promise<RankingDeps> {
  const url = await servers.createDatabase(name);
  const filling = performance.now();
  await fillContest(url, { players: size, mostVotes: 20_000 });
  const database = await openModel({ database: { url, poolSize: 2 } });
  cleanup.defer(() => database.close(true));
  const redis = openRedis(`${servers.redisUrl}/${redisDatabase}`, 'worker', logger);
  cleanup.defer(() => redis.disconnect());
  await once(redis, 'ready');
  const leaderboard = openRedisLeaderboard(redis);

  const emptyBytes = await readUsedBytes(redis);
  const building = performance.now();
  await rebuildLeaderboard({ forkEm: () => database.em.fork(), leaderboard });
  const [filled, built] = [building - filling, performance.now() - building];
  const mib = ((await readUsedBytes(redis)) - emptyBytes) / 1024 ** 2;
  console.log(
    `${size} players: created in ${(filled / 1000).toFixed(1)} s, leaderboards built in ${(built / 1000).toFixed(1)} s, ${mib.toFixed(1)} MiB in Redis`,
  );
  return { em: database.em.fork(), leaderboard };
}

function page(after: RankedEntry | null): RankingPage {
  return { limit: PAGE, after, before: null, fromEnd: false };
}

async function readEntryAt({ leaderboard }: RankingDeps, position: number): Promise<RankedEntry> {
  const [entry] = await leaderboard.findRange(GLOBAL_BOARD, position - 1, position);
  if (entry === undefined) throw new Error(`No entry at position ${position}`);
  return { ...entry, position };
}

async function readUsedBytes(redis: Redis): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? [];
  return Number(bytes);
}

/** Returns the median milliseconds of each read, after a warm-up of a tenth of the rounds. */
async function measure<Name extends string>(
  times: number,
  reads: Record<Name, () => Promise<unknown>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(reads) as Name[];
  const spent = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -Math.ceil(times / 10); round < times; round++) {
    for (const name of names) {
      const startedMs = performance.now();
      await reads[name]();
      if (round >= 0) spent[name].push(performance.now() - startedMs);
    }
  }
  return Object.fromEntries(names.map(name => [name, median(spent[name])])) as Record<Name, number>;
}
