import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import { toCityKey } from '../players/to-city-key.ts';
import { GLOBAL_BOARD, toCityBoard } from './leaderboard-rows.ts';
import type { RankedEntry, RankingPage, RankingSlice } from './ranked-entry.ts';

/*
 * Rankings from the leaderboard in Redis. A page and a rank cost O(log n). Every function throws
 * LeaderboardUnavailable when Redis does not reply or has no leaderboard.
 */

/** Returns a page of a ranking. */
export async function findRankings(
  leaderboard: Leaderboard,
  board: string,
  page: RankingPage,
): Promise<RankingSlice> {
  const { entries, from, size } = await leaderboard.findPage(board, page);
  return {
    entries: entries.map((entry, index) => ({ ...entry, position: from + index + 1 })),
    hasPreviousPage: from > 0,
    hasNextPage: from + entries.length < size,
  };
}

/** Returns the number of players in a ranking. */
export function countRanked(leaderboard: Leaderboard, board: string): Promise<number> {
  return leaderboard.countEntries(board);
}

/** Returns the rank of each player in the global ranking, in order; null for an unranked player. */
export function findRanks(
  leaderboard: Leaderboard,
  playerIds: readonly string[],
): Promise<(RankedEntry | null)[]> {
  return findOnBoard(leaderboard, GLOBAL_BOARD, playerIds);
}

/** Returns the rank of each player in the player's city, in order; null for an unranked player. */
export async function findCityRanks(
  leaderboard: Leaderboard,
  players: readonly { id: string; city: string }[],
): Promise<(RankedEntry | null)[]> {
  const playersByBoard = Map.groupBy(players, ({ city }) => toCityBoard(toCityKey(city)));
  const ranks = await Promise.all(
    [...playersByBoard].map(([board, members]) =>
      findOnBoard(
        leaderboard,
        board,
        members.map(({ id }) => id),
      ),
    ),
  );
  const ranksById = new Map(ranks.flat().map(entry => [entry?.id, entry]));
  return players.map(({ id }) => ranksById.get(id) ?? null);
}

async function findOnBoard(
  leaderboard: Leaderboard,
  board: string,
  playerIds: readonly string[],
): Promise<(RankedEntry | null)[]> {
  const found = await leaderboard.find(board, playerIds);
  return found.map(hit => hit && { ...hit.entry, position: hit.index + 1 });
}
