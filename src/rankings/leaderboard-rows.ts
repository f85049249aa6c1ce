import type { LeaderboardEntry, LeaderboardRow } from '../platform/leaderboard/leaderboard.ts';

/** The board of all players with a published video. */
export const GLOBAL_BOARD = 'all';

/** Returns the name of a city's board. */
export const toCityBoard = (cityKey: string): string => `city:${cityKey}`;

/** Returns the city key of a board; null for the global board. */
export const parseCityBoard = (board: string): string | null =>
  board.startsWith('city:') ? board.slice('city:'.length) : null;

/** A player's score with the fields that the leaderboard needs. */
export interface ScoreRow {
  playerId: string;
  votes: number;
  publishedVideos: number;
  /** The time of reaching the total, in microseconds since 1970; text, as a double cannot hold the number. */
  reachedMicros: string;
  version: string;
  cityKey: string;
}

/** SQL: the scores with their players. */
export const FROM_SCORES = 'from tallies join players on players.id = tallies.player_id';

/** SQL: the order of a ranking, best first. */
export const RANKING_ORDER = 'tallies.votes desc, reached_at, tallies.player_id';

/** SQL: the columns of a {@link ScoreRow} in {@link FROM_SCORES}. */
export const SCORE_COLUMNS = `tallies.player_id as "playerId", tallies.votes, published_videos as "publishedVideos",
  (extract(epoch from reached_at) * 1000000)::bigint::text as "reachedMicros", version::text, city_key as "cityKey"`;

/**
 * Returns a player's row on the leaderboard. Its fields define the ranking: votes, then the earlier time of
 * reaching that total, then the id. Sixteen digits hold microseconds until the year 2286, so text order
 * equals time order.
 */
export function toLeaderboardRow(row: ScoreRow): LeaderboardRow {
  return {
    ...toLeaderboardEntry(row),
    version: Number(row.version),
    boards: row.publishedVideos > 0 ? [GLOBAL_BOARD, toCityBoard(row.cityKey)] : [],
  };
}

/** Returns a player's entry; {@link toLeaderboardRow} explains its order on a board. */
export function toLeaderboardEntry({ playerId, votes, reachedMicros }: ScoreRow): LeaderboardEntry {
  return { id: playerId, score: votes, tieBreaker: reachedMicros.padStart(16, '0') };
}
