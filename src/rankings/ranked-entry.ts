import type { LeaderboardEntry } from '../platform/leaderboard/leaderboard.ts';

/** A player's entry with its rank; `position` counts from 1. */
export interface RankedEntry extends LeaderboardEntry {
  position: number;
}

/** The request of a page: up to `limit` entries between two entries, counted from the end when `fromEnd`. */
export interface RankingPage {
  limit: number;
  after: RankedEntry | null;
  before: RankedEntry | null;
  fromEnd: boolean;
}

/** A page of a ranking. */
export interface RankingSlice {
  entries: RankedEntry[];
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}
