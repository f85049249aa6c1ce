import type { EntityManager } from '../platform/database/database.ts';
import { type Leaderboard, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import { toCityKey } from '../players/to-city-key.ts';
import { GLOBAL_BOARD, toCityBoard } from './leaderboard-rows.ts';
import * as postgres from './postgres-rankings.ts';
import type { RankedEntry, RankingPage, RankingSlice } from './ranked-entry.ts';
import * as redis from './redis-rankings.ts';

/* Every function reads from Redis, and from PostgreSQL while the leaderboard is unavailable. */

export interface RankingDeps {
  em: EntityManager;
  leaderboard: Leaderboard;
}

/** Returns the name of a city's ranking, for any spelling of the city; null means the global ranking. */
export const getBoard = (city: string | null): string =>
  city === null ? GLOBAL_BOARD : toCityBoard(toCityKey(city));

/** Returns a page of a ranking. In Redis the cost does not depend on the position of the page. */
export function findRankings(
  { em, leaderboard }: RankingDeps,
  board: string,
  page: RankingPage,
): Promise<RankingSlice> {
  return withFallback(
    () => redis.findRankings(leaderboard, board, page),
    () => postgres.findRankings(em, board, page),
  );
}

/** Returns the number of players in a ranking. */
export function countRanked({ em, leaderboard }: RankingDeps, board: string): Promise<number> {
  return withFallback(
    () => redis.countRanked(leaderboard, board),
    () => postgres.countRanked(em, board),
  );
}

/** Returns the rank of each player in the global ranking, in order; null for an unranked player. */
export function findRanks(
  { em, leaderboard }: RankingDeps,
  playerIds: readonly string[],
): Promise<(RankedEntry | null)[]> {
  return withFallback(
    () => redis.findRanks(leaderboard, playerIds),
    () => postgres.findRanks(em, playerIds),
  );
}

/** Returns the rank of each player in the player's city, in order; null for an unranked player. */
export function findCityRanks(
  { em, leaderboard }: RankingDeps,
  players: readonly { id: string; city: string }[],
): Promise<(RankedEntry | null)[]> {
  return withFallback(
    () => redis.findCityRanks(leaderboard, players),
    () => postgres.findCityRanks(em, players),
  );
}

/** Returns an entry of the global ranking with up to `count` entries before and after, best first. */
export async function findNeighbours(
  deps: RankingDeps,
  entry: RankedEntry,
  count: number,
): Promise<RankedEntry[]> {
  const [before, after] = await Promise.all([
    findRankings(deps, GLOBAL_BOARD, { limit: count, after: null, before: entry, fromEnd: true }),
    findRankings(deps, GLOBAL_BOARD, { limit: count, after: entry, before: null, fromEnd: false }),
  ]);
  return [...before.entries, entry, ...after.entries];
}

/** Returns the first `limit` entries of a ranking. */
export async function findTop(deps: RankingDeps, board: string, limit: number): Promise<RankedEntry[]> {
  const page = { limit, after: null, before: null, fromEnd: false };
  return (await findRankings(deps, board, page)).entries;
}

async function withFallback<Result>(
  fromRedis: () => Promise<Result>,
  fromPostgres: () => Promise<Result>,
): Promise<Result> {
  try {
    return await fromRedis();
  } catch (error) {
    if (!(error instanceof LeaderboardUnavailable)) throw error;
    return fromPostgres();
  }
}
