/** Where an entry stands: higher scores first; among equals the smaller tie-breaker, then the smaller id, as text. */
export interface LeaderboardEntry {
  id: string;
  score: number;
  tieBreaker: string;
}

/** An entry as it should be from `version` on: on these boards, or on none. */
export interface LeaderboardRow extends LeaderboardEntry {
  /** Rows of one id are ordered by it: an older one never replaces a newer. */
  version: number;
  boards: readonly string[];
}

/** A part of a board: up to `limit` entries after and before two places, from the end when `fromEnd`. */
export interface LeaderboardPage {
  limit: number;
  after: LeaderboardEntry | null;
  before: LeaderboardEntry | null;
  fromEnd: boolean;
}

/** The total of a board. */
export interface LeaderboardTotal {
  board: string;
  entries: number;
  score: number;
}

/** The boards can't be read or written now; what they show is to be had from elsewhere. */
export class LeaderboardUnavailable extends Error {
  override name: string = 'LeaderboardAway';
}

/** The store answers and has no boards, or not all of them: they were never built, or were lost. */
export class LeaderboardNotBuilt extends LeaderboardUnavailable {
  override name = 'BoardsMissing';
}

/**
 * Boards that any process may write at any time, in any order, as often as it likes: what they show depends only on the
 * newest version of each row. Reading a page or a position costs O(log n + page), wherever it is.
 *
 * Every call throws {@link LeaderboardUnavailable} when the store does not answer; all but {@link Leaderboard.rebuild} throw
 * {@link LeaderboardNotBuilt} when there are no boards.
 */
export interface Leaderboard {
  /** The boards that show something else now, in no particular order. */
  upsert(rows: readonly LeaderboardRow[]): Promise<string[]>;
  /**
   * Makes sure that the boards are there, with all that was written here.
   *
   * @throws {LeaderboardNotBuilt} also when the store has lost a part, as one that writes to its disk once a second and dies.
   */
  check(): Promise<void>;
  /** A page, the index of its first entry and how many entries there are, all of one moment. */
  page(
    board: string,
    page: LeaderboardPage,
  ): Promise<{ standings: LeaderboardEntry[]; from: number; size: number }>;
  /** Entries from one index to another, the first being 0 and the last not included. */
  range(board: string, from: number, to: number): Promise<LeaderboardEntry[]>;
  /** The index and standing of each id, in order; null for those that are not on the board. */
  find(
    board: string,
    ids: readonly string[],
  ): Promise<({ index: number; standing: LeaderboardEntry } | null)[]>;
  /** How many entries come before a place, and how many up to it, whether or not somebody stands there now. */
  rankOf(board: string, place: LeaderboardEntry): Promise<{ before: number; upTo: number }>;
  size(board: string): Promise<number>;
  /** The totals of all boards, in no particular order. */
  totals(): Promise<LeaderboardTotal[]>;
  /**
   * Replaces all boards at once by what `rows` gives; readers see the old ones until the last row is in. Replaces
   * nothing, and throws {@link LeaderboardUnavailable}, when another rebuild has begun meanwhile or the store has lost a part.
   */
  rebuild(rows: AsyncIterable<readonly LeaderboardRow[]>): Promise<void>;
}
