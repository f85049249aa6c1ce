import type { LeaderboardEntry } from '../platform/leaderboard/leaderboard.ts';

/** A player's place: `position` counts from 1. */
export interface RankedEntry extends LeaderboardEntry {
  position: number;
}

/** A part of a ranking: up to `limit` entries after and before two of them, from the end when `fromEnd`. */
export interface RankingPage {
  limit: number;
  after: RankedEntry | null;
  before: RankedEntry | null;
  fromEnd: boolean;
}

export interface RankingSlice {
  entries: RankedEntry[];
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}
