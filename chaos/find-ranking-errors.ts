import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { MachineClock } from '../scripts/process/machine-clock.mjs';
import { waitUntil } from '../scripts/process/wait-until.mjs';
import type { Database } from '../src/platform/database/database.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { findLeaderboardErrors } from '../src/rankings/find-leaderboard-errors.ts';
import { graphql } from '../tests/gql/gql.ts';
import type { ChaosRankingPageQuery } from '../tests/gql/graphql.ts';
import { createClient, type GraphqlResponse } from '../tests/kit/api/client.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** An API whose ranking the checker reads. */
export type RankingObserver = Pick<SupervisedProcess, 'name' | 'url'>;

const RANKING_PAGE = graphql(`
  query ChaosRankingPage($after: String) {
    rankings(first: 50, after: $after) {
      nodes { position votes player { username } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const SYNC_SECONDS = 10;
/** The time in which the APIs rebuild leaderboards that Redis has lost. */
const REBUILD_SECONDS = 5;
const PAUSE_MS = 250;

/** Reads the whole ranking from each API and compares it with a plain count of the rows of `votes`. */
export async function findRankingErrors(
  database: Database,
  apis: readonly RankingObserver[],
): Promise<string[]> {
  const isSynced = async () =>
    (await database.em.fork().execute('select 1 from tallies where dirty limit 1')).length === 0;
  await waitUntil('leaderboards with all votes', isSynced, { deadlineSeconds: SYNC_SECONDS });
  const counts = await database.em.fork().execute<{ entry: string }[]>(
    `select username || ' ' || count(votes.id) as entry
       from players join videos on videos.player_id = players.id and status = 'PROCESSED'
       left join votes on votes.video_id = videos.id
      group by username`,
  );
  const expected = counts.map(({ entry }) => entry).toSorted();
  const problems: string[] = [];
  for (const api of apis) {
    const nodes = await readRanking(api.url);
    const shown = nodes.map(({ player, votes }) => `${player.username} ${votes}`).toSorted();
    if (shown.join() !== expected.join()) {
      problems.push(`ranking differs: ${api.name} shows [${shown}], the votes give [${expected}]`);
    }
    if (
      nodes.some(({ position, votes }, at) => position !== at + 1 || votes > (nodes[at - 1]?.votes ?? votes))
    ) {
      problems.push(`ranking out of order: ${api.name}`);
    }
  }
  return problems;
}

/**
 * Compares the leaderboards in Redis with the players' scores. {@link findRankingErrors} cannot detect lost
 * leaderboards: an API without them returns the same ranking from PostgreSQL, more slowly.
 */
export async function findLeaderboardMismatches(database: Database, redisUrl: string): Promise<string[]> {
  const redis = new Redis(redisUrl);
  try {
    const deps = { forkEm: () => database.em.fork(), leaderboard: openRedisLeaderboard(redis) };
    using clock = new MachineClock();
    for (;;) {
      const errors = await findLeaderboardErrors(deps);
      if (errors.length === 0 || clock.seconds > REBUILD_SECONDS) {
        return errors.map(error => `leaderboard mismatch in Redis: ${error}`);
      }
      await pause(PAUSE_MS);
    }
  } finally {
    redis.disconnect();
  }
}

async function readRanking(url: string) {
  const api = createClient(url);
  const nodes: ChaosRankingPageQuery['rankings']['nodes'] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { data, errors }: GraphqlResponse<ChaosRankingPageQuery> = await api.graphql(RANKING_PAGE, {
      after,
    });
    if (errors) throw new Error(JSON.stringify(errors));
    nodes.push(...data.rankings.nodes);
    after = data.rankings.pageInfo.endCursor ?? null;
    more = data.rankings.pageInfo.hasNextPage;
  }
  return nodes;
}
