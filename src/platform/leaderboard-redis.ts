import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type BoardRow, type Leaderboard, LeaderboardAway, type Standing } from './leaderboard.ts';
import { FIND, LOCATE, WRITE } from './leaderboard-scripts.ts';

/** Names the generation that is read and written; a new one takes over in one step. */
const CURRENT = '{board}:generation';
/** Names the generation that is being built, so that every writer writes to it, too; gone when its builder is. */
const BUILDING = '{board}:building';
const BUILDING_SECONDS = 300;
const ROWS_PER_CALL = 500;
const KEYS_PER_SCAN = 500;

/** A {@link Leaderboard} in Redis sorted sets, on a connection that fails at once while Redis is away. */
export function openRedisLeaderboard(redis: Redis): Leaderboard {
  const run = <Reply>(script: string, ...args: (string | number)[]): Promise<Reply> =>
    redis.eval(script, 0, ...args) as Promise<Reply>;

  const current = async (): Promise<string> => {
    const generation = await redis.get(CURRENT);
    if (generation === null) throw new LeaderboardAway('There are no boards yet');
    return generation;
  };
  const keyOf = (generation: string, board: string) => `{board}:${generation}:on:${board}`;

  const writeTo = async (generation: string, rows: readonly BoardRow[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += ROWS_PER_CALL) {
      const args = rows
        .slice(at, at + ROWS_PER_CALL)
        .flatMap(row => [row.id, row.version, row.score, row.tie, row.boards.join('\n')]);
      await run(WRITE, generation, ...args);
    }
  };

  const discard = async (generation: string): Promise<void> => {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(
        cursor,
        'MATCH',
        `{board}:${generation}:*`,
        'COUNT',
        KEYS_PER_SCAN,
      );
      if (keys.length > 0) await redis.unlink(keys);
      cursor = next;
    } while (cursor !== '0');
  };

  return {
    write: rows =>
      away(async () => {
        const [generation, building] = await redis.mget(CURRENT, BUILDING);
        if (building) await writeTo(building, rows);
        if (!generation) throw new LeaderboardAway('There are no boards yet');
        await writeTo(generation, rows);
      }),

    range: (board, from, to) =>
      away(async () => {
        if (to <= from) return [];
        const reply = await redis.zrange(keyOf(await current(), board), from, to - 1, 'WITHSCORES');
        const standings: Standing[] = [];
        for (let at = 0; at < reply.length; at += 2)
          standings.push(standingOf(reply[at], -Number(reply[at + 1])));
        return standings;
      }),

    find: (board, ids) =>
      away(async () => {
        const reply = await run<string[]>(FIND, await current(), board, ...ids);
        return ids.map((_, at) => {
          const [index, score, member] = reply.slice(3 * at, 3 * at + 3);
          return member ? { index: Number(index), standing: standingOf(member, Number(score)) } : null;
        });
      }),

    locate: (board, { score, tie, id }) =>
      away(async () => {
        const [before, upTo] = await run<[number, number]>(
          LOCATE,
          await current(),
          board,
          score,
          `${tie}/${id}`,
        );
        return { before, upTo };
      }),

    size: board => away(async () => redis.zcard(keyOf(await current(), board))),

    totals: () =>
      away(async () => {
        const generation = await current();
        const scores = Object.entries(await redis.hgetall(`{board}:${generation}:scores`));
        const sizes = redis.pipeline();
        for (const [board] of scores) sizes.zcard(keyOf(generation, board));
        const replies = (await sizes.exec()) ?? [];
        return scores.map(([board, score], at) => {
          return { board, score: Number(score), entries: Number(replies[at]?.[1] ?? 0) };
        });
      }),

    async rebuild(rows) {
      const generation = randomUUID();
      // Before the first row is read: what changes after that is written to both.
      await away(() => redis.set(BUILDING, generation, 'EX', BUILDING_SECONDS));
      for await (const batch of rows) {
        await away(() => redis.expire(BUILDING, BUILDING_SECONDS));
        await away(() => writeTo(generation, batch));
      }
      const previous = await away(() => redis.getset(CURRENT, generation));
      await away(() => redis.del(BUILDING));
      if (previous !== null) await away(() => discard(previous));
    },
  };
}

function standingOf(member = '', score: number): Standing {
  const [tie = '', id = ''] = member.split('/', 2);
  return { id, score, tie };
}

/** Redis's own errors and those of the connection become one kind, so that callers can look elsewhere. */
async function away<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LeaderboardAway) throw error;
    throw new LeaderboardAway('Redis does not answer', { cause: error });
  }
}
