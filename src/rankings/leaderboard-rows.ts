import type { LeaderboardEntry, LeaderboardRow } from '../platform/leaderboard/leaderboard.ts';

/** The board of all players with a published video. */
export const GLOBAL_BOARD = 'all';

/** The board of one city. */
export const toCityBoard = (cityKey: string): string => `city:${cityKey}`;

/** The city of a board; null for the board of all. */
export const parseCityBoard = (board: string): string | null =>
  board.startsWith('city:') ? board.slice('city:'.length) : null;

/** What the leaderboard is told of a player. */
export interface ScoreRow {
  playerId: string;
  votes: number;
  publishedVideos: number;
  /** When the total was reached, in microseconds since 1970, as text: more than a double holds. */
  reachedMicros: string;
  version: string;
  cityKey: string;
}

/** The columns of a {@link ScoreRow}, from `tallies` joined with `players`. */
export const SCORE_COLUMNS = `tallies.player_id as "playerId", tallies.votes, published_videos as "publishedVideos",
  (extract(epoch from reached_at) * 1000000)::bigint::text as "reachedMicros", version::text, city_key as "cityKey"`;

/**
 * A player's row on the boards. The rule of the ranking is in it: votes, then who reached that total first, then the
 * id. Sixteen digits hold microseconds until the year 2286, so that their order as text is their order in time.
 */
export function toLeaderboardRow(row: ScoreRow): LeaderboardRow {
  return {
    ...toLeaderboardEntry(row),
    version: Number(row.version),
    boards: row.publishedVideos > 0 ? [GLOBAL_BOARD, toCityBoard(row.cityKey)] : [],
  };
}

export function toLeaderboardEntry({ playerId, votes, reachedMicros }: ScoreRow): LeaderboardEntry {
  return { id: playerId, score: votes, tieBreaker: reachedMicros.padStart(16, '0') };
}
