import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Leaderboard, LeaderboardNotBuilt, type LeaderboardRow } from './leaderboard.ts';
import {
  ENTRIES,
  FOUND,
  LATEST_WRITE,
  PAGE,
  TOTALS,
  toMember,
  toRowArguments,
  WRITTEN,
} from './leaderboard-replies.ts';
import {
  BUILDING_KEY,
  CURRENT_KEY,
  defineLeaderboardScripts,
  type LeaderboardScripts,
  orUnavailable,
  type ScriptArgument,
} from './leaderboard-scripts.ts';

const ROWS_PER_CALL = 500;
const KEYS_PER_SCAN = 500;
const BUILDING_SECONDS = 300;

/**
 * Opens a {@link Leaderboard} in Redis sorted sets, on a connection that fails immediately while Redis is
 * unavailable.
 */
export function openRedisLeaderboard(redis: Redis): Leaderboard {
  const scripts = defineLeaderboardScripts(redis);
  return {
    ...createWriter(scripts),

    async findPage(board, { limit, after, before, fromEnd }) {
      const bounds = [after, before].flatMap(entry => (entry ? [entry.score, toMember(entry)] : ['', '']));
      const end = fromEnd ? 'end' : 'start';
      const [size, from, entries] = await scripts.run('leaderboardPage', PAGE, board, limit, end, ...bounds);
      return { entries, from, size };
    },

    async findRange(board, from, to) {
      return to <= from ? [] : scripts.run('leaderboardRange', ENTRIES, board, from, to - 1);
    },

    find: (board, ids) => scripts.run('leaderboardFind', FOUND, board, ...ids),

    countEntries: board => scripts.run('leaderboardSize', z.int(), board),

    findTotals: () => scripts.run('leaderboardTotals', TOTALS),

    async rebuild(rows) {
      await buildGeneration(scripts, rows);
      await orUnavailable(() => deleteOldGenerations(redis));
    },
  };
}

/** Creates the methods that write rows and check that Redis still has them. */
function createWriter(scripts: LeaderboardScripts): Pick<Leaderboard, 'upsert' | 'check'> {
  const writer = randomUUID();
  let writes = 0;
  let acknowledged: { generation: string; write: number } | null = null;
  return {
    async upsert(rows) {
      const changed = new Set<string>();
      for (const args of toCalls(rows)) {
        const write = ++writes;
        const [generation, boards] = await scripts.run('leaderboardWrite', WRITTEN, writer, write, ...args);
        acknowledged = { generation, write };
        for (const board of boards) changed.add(board);
      }
      return [...changed];
    },

    async check() {
      const [generation, latest] = await scripts.run('leaderboardLatestWrite', LATEST_WRITE, writer);
      if (acknowledged?.generation === generation && latest < acknowledged.write) {
        throw new LeaderboardNotBuilt('The leaderboards have lost the latest writes');
      }
    },
  };
}

/** Builds a new generation and makes it the current one. */
async function buildGeneration(
  scripts: LeaderboardScripts,
  rows: AsyncIterable<readonly LeaderboardRow[]>,
): Promise<void> {
  const generation = randomUUID();
  // The build begins before the first row is read, so that later changes reach both generations.
  await scripts.build('leaderboardBeginBuild', generation, BUILDING_SECONDS);
  for await (const batch of rows) {
    for (const args of toCalls(batch)) {
      await scripts.build('leaderboardBuild', generation, BUILDING_SECONDS, ...args);
    }
  }
  await scripts.build('leaderboardFinishBuild', generation);
}

/** Deletes the keys of generations that are neither read nor being built. */
async function deleteOldGenerations(redis: Redis): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', '{board}:*:*', 'COUNT', KEYS_PER_SCAN);
    // This read follows the scan, as the name of a generation exists before its first key.
    const generations = await redis.mget(CURRENT_KEY, BUILDING_KEY);
    const prefixes = generations.map(generation => `{board}:${generation}:`);
    const old = keys.filter(key => !prefixes.some(prefix => key.startsWith(prefix)));
    if (old.length > 0) await redis.unlink(old);
    cursor = next;
  } while (cursor !== '0');
}

/** Splits rows into the arguments of script calls of limited size. */
function* toCalls(rows: readonly LeaderboardRow[]): Generator<ScriptArgument[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_CALL) {
    yield rows.slice(at, at + ROWS_PER_CALL).flatMap(toRowArguments);
  }
}
