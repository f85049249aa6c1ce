import type { EntityManager } from '../platform/database/database.ts';
import { type Leaderboard, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import { toCityKey } from '../players/city.ts';
import { GLOBAL_BOARD, toCityBoard } from './leaderboard-rows.ts';
import * as tables from './postgres-rankings.ts';
import type { RankedEntry, RankingPage, RankingSlice } from './ranked-entry.ts';

export interface RankingDeps {
  em: EntityManager;
  leaderboard: Leaderboard;
}

/** The board of a city as people spell it; of everybody without one. */
export const getBoard = (city: string | null): string =>
  city === null ? GLOBAL_BOARD : toCityBoard(toCityKey(city));

/** A page costs the same wherever it is. While Redis is away it comes from Postgres. */
export function findRankings(deps: RankingDeps, board: string, page: RankingPage): Promise<RankingSlice> {
  return orElse(
    async () => {
      const { standings, from, size } = await deps.leaderboard.page(board, page);
      return {
        entries: standings.map((standing, at) => ({ ...standing, position: from + at + 1 })),
        hasPreviousPage: from > 0,
        hasNextPage: from + standings.length < size,
      };
    },
    () => tables.findRankings(deps.em, board, page),
  );
}

/** How many players a ranking has. */
export function countRanked({ em, leaderboard }: RankingDeps, board: string): Promise<number> {
  return orElse(
    () => leaderboard.size(board),
    () => tables.countRanked(em, board),
  );
}

/** The places of these players among everybody, in their order; null for those without a published video. */
export function findRanks(
  { em, leaderboard }: RankingDeps,
  playerIds: readonly string[],
): Promise<(RankedEntry | null)[]> {
  return orElse(
    async () => {
      const found = await leaderboard.find(GLOBAL_BOARD, playerIds);
      return found.map(place => place && { ...place.standing, position: place.index + 1 });
    },
    () => tables.findRanks(em, playerIds, 'EVERYBODY'),
  );
}

/** The place of each of these players in their city, in their order; null for those without a published video. */
export function findCityRanks(
  { em, leaderboard }: RankingDeps,
  players: readonly { id: string; city: string }[],
): Promise<(RankedEntry | null)[]> {
  return orElse(
    async () => {
      const places = new Map<string, RankedEntry>();
      const boards = Map.groupBy(players, ({ city }) => getBoard(city));
      await Promise.all(
        [...boards].map(async ([board, members]) => {
          const ids = members.map(({ id }) => id);
          for (const place of await leaderboard.find(board, ids)) {
            if (place) places.set(place.standing.id, { ...place.standing, position: place.index + 1 });
          }
        }),
      );
      return players.map(({ id }) => places.get(id) ?? null);
    },
    () =>
      tables.findRanks(
        em,
        players.map(({ id }) => id),
        'CITY',
      ),
  );
}

/** Up to `around` players before and after a place among everybody, and the place itself, best first. */
export async function findNeighbours(
  deps: RankingDeps,
  place: RankedEntry,
  around: number,
): Promise<RankedEntry[]> {
  const [before, after] = await Promise.all([
    findRankings(deps, GLOBAL_BOARD, { limit: around, after: null, before: place, fromEnd: true }),
    findRankings(deps, GLOBAL_BOARD, { limit: around, after: place, before: null, fromEnd: false }),
  ]);
  return [...before.entries, place, ...after.entries];
}

/** The best of a board as they stand now. */
export async function findTop(deps: RankingDeps, board: string, top: number): Promise<RankedEntry[]> {
  const page = { limit: top, after: null, before: null, fromEnd: false };
  return (await findRankings(deps, board, page)).entries;
}

async function orElse<Result>(
  fromBoards: () => Promise<Result>,
  fromTables: () => Promise<Result>,
): Promise<Result> {
  try {
    return await fromBoards();
  } catch (error) {
    if (!(error instanceof LeaderboardUnavailable)) throw error;
    return fromTables();
  }
}
