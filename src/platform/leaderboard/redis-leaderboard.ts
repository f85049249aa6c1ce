import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  type Leaderboard,
  type LeaderboardEntry,
  LeaderboardNotBuilt,
  type LeaderboardRow,
  LeaderboardUnavailable,
} from './leaderboard.ts';
import {
  BEGIN,
  BUILD,
  BUILDING,
  CURRENT,
  FIND,
  LATEST,
  LOCATE,
  PAGE,
  RANGE,
  SIZE,
  SWAP,
  TOTALS,
  WRITE,
} from './leaderboard-scripts.ts';

const ROWS_PER_CALL = 500;
const KEYS_PER_SCAN = 500;

/** A {@link Leaderboard} in Redis sorted sets, on a connection that fails at once while Redis is away. */
export function openRedisLeaderboard(redis: Redis): Leaderboard {
  const run = async <Reply>(script: string, ...args: (string | number)[]): Promise<Reply> => {
    const reply = (await away(() => redis.eval(script, 0, ...args))) as Reply | null;
    if (reply === null) throw new LeaderboardNotBuilt('There are no boards');
    return reply;
  };
  const build = async (script: string, ...args: (string | number)[]): Promise<void> => {
    const reply = await away(() => redis.eval(script, 0, ...args));
    if (reply === null)
      throw new LeaderboardUnavailable('The boards being built are gone, or no longer kept up to date');
  };

  const writer = randomUUID();
  let writes = 0;
  /** What Redis has said it has. */
  let kept: { generation: string; write: number } | null = null;

  /** Removes what is left of generations that are neither read nor being built. */
  const sweep = async (): Promise<void> => {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', '{board}:*:*', 'COUNT', KEYS_PER_SCAN);
      // Asked after the scan: the name of a generation is there before its first key.
      const kept = (await redis.mget(CURRENT, BUILDING)).map(generation => `{board}:${generation}:`);
      const left = keys.filter(key => !kept.some(prefix => key.startsWith(prefix)));
      if (left.length > 0) await redis.unlink(left);
      cursor = next;
    } while (cursor !== '0');
  };

  return {
    async upsert(rows) {
      const changed = new Set<string>();
      for (const args of callsOf(rows)) {
        const write = ++writes;
        const [generation, boards] = await run<[string, string[]]>(WRITE, writer, write, ...args);
        kept = { generation, write };
        for (const board of boards) changed.add(board);
      }
      return [...changed];
    },

    async check() {
      const [generation, latest] = await run<[string, string]>(LATEST, writer);
      if (kept?.generation === generation && Number(latest) < kept.write) {
        throw new LeaderboardNotBuilt('The boards have lost what was written last');
      }
    },

    async page(board, { limit, after, before, fromEnd }) {
      const bounds = [after, before].flatMap(place => (place ? [place.score, memberOf(place)] : ['', '']));
      const reply = await run<[number, number, string[]]>(
        PAGE,
        board,
        limit,
        fromEnd ? 'end' : 'start',
        ...bounds,
      );
      const [size, from, entries] = reply;
      return { standings: standingsOf(entries), from, size };
    },

    async range(board, from, to) {
      return to <= from ? [] : standingsOf(await run<string[]>(RANGE, board, from, to - 1));
    },

    async find(board, ids) {
      const reply = await run<string[]>(FIND, board, ...ids);
      return ids.map((_, at) => {
        const [index, score, member] = reply.slice(3 * at, 3 * at + 3);
        return member ? { index: Number(index), standing: standingOf(member, Number(score)) } : null;
      });
    },

    async rankOf(board, place) {
      const [before, upTo] = await run<[number, number]>(LOCATE, board, place.score, memberOf(place));
      return { before, upTo };
    },

    size: board => run<number>(SIZE, board),

    async totals() {
      const reply = await run<string[]>(TOTALS);
      return Array.from({ length: reply.length / 3 }, (_, at) => {
        const [board = '', score, entries] = reply.slice(3 * at, 3 * at + 3);
        return { board, score: Number(score), entries: Number(entries) };
      });
    },

    async rebuild(rows) {
      const generation = randomUUID();
      // Before the first row is read: what changes after that is written to both.
      await build(BEGIN, generation);
      for await (const batch of rows) {
        for (const args of callsOf(batch)) await build(BUILD, generation, ...args);
      }
      await build(SWAP, generation);
      await away(sweep);
    },
  };
}

function* callsOf(rows: readonly LeaderboardRow[]): Generator<(string | number)[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_CALL) {
    yield rows
      .slice(at, at + ROWS_PER_CALL)
      .flatMap(row => [row.id, row.version, row.score, row.tieBreaker, row.boards.join('\n')]);
  }
}

const memberOf = ({ tieBreaker, id }: LeaderboardEntry) => `${tieBreaker}/${id}`;

/** Of members and negated scores in turn. */
function standingsOf(reply: readonly string[]): LeaderboardEntry[] {
  return Array.from({ length: reply.length / 2 }, (_, at) =>
    standingOf(reply[2 * at], 0 - Number(reply[2 * at + 1])),
  );
}

function standingOf(member = '', score: number): LeaderboardEntry {
  const [tieBreaker = '', id = ''] = member.split('/', 2);
  return { id, score, tieBreaker };
}

/** Redis's own errors and those of the connection become one kind, so that callers can look elsewhere. */
async function away<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw new LeaderboardUnavailable('Redis does not answer', { cause: error });
  }
}
