import type { Standing } from '../platform/leaderboard/leaderboard.ts';

/** A player's place: `position` counts from 1. */
export interface Ranked extends Standing {
  position: number;
}

/** A part of a ranking: up to `limit` entries after and before two of them, from the end when `fromEnd`. */
export interface RankingPage {
  limit: number;
  after: Ranked | null;
  before: Ranked | null;
  fromEnd: boolean;
}

export interface RankingSlice {
  entries: Ranked[];
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}
