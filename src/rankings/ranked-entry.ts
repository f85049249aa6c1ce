import type { LeaderboardEntry } from '../platform/leaderboard/leaderboard.ts';

/** A player's entry with its rank; `position` counts from 1. */
export interface RankedEntry extends LeaderboardEntry {
  position: number;
}

/** A request of up to `limit` entries between two others, counted from the end when `fromEnd`. */
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
