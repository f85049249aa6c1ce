/**
 * An entry of a leaderboard. Higher scores come first; ties are broken by tie-breaker, then by id, both as
 * text.
 */
export interface LeaderboardEntry {
  id: string;
  score: number;
  tieBreaker: string;
}

/** The state of an entry from `version` on: its boards, or none. */
export interface LeaderboardRow extends LeaderboardEntry {
  /** Orders the rows of one id: an older row never replaces a newer one. */
  version: number;
  boards: readonly string[];
}

/** A request of up to `limit` entries between two others, counted from the end when `fromEnd`. */
interface LeaderboardPage {
  limit: number;
  after: LeaderboardEntry | null;
  before: LeaderboardEntry | null;
  fromEnd: boolean;
}

/** The number of entries of a board and the sum of their scores. */
interface LeaderboardTotal {
  board: string;
  entries: number;
  score: number;
}

/** The leaderboards cannot be read or written; callers read from another source. */
export class LeaderboardUnavailable extends Error {
  override name: string = 'LeaderboardUnavailable';
}

/** The store is available, but some leaderboards were lost or never built. */
export class LeaderboardNotBuilt extends LeaderboardUnavailable {
  override name = 'LeaderboardNotBuilt';
}

/**
 * Leaderboards for concurrent writers. Their content depends only on the newest version of each row: writes
 * may be repeated and reordered. Reading a page or a rank costs O(log n + page) at any position.
 *
 * Every method throws {@link LeaderboardUnavailable} when the store does not reply. All but {@link
 * Leaderboard.rebuild} throw {@link LeaderboardNotBuilt} when there are no leaderboards.
 */
export interface Leaderboard {
  /** Writes the rows. Returns the boards that changed, in no particular order. */
  upsert(rows: readonly LeaderboardRow[]): Promise<string[]>;
  /**
   * Resolves when the leaderboards exist and contain all writes of this process.
   *
   * @throws {LeaderboardNotBuilt} also when the store has lost writes, as after a crash.
   */
  check(): Promise<void>;
  /** Returns a page, the index of its first entry and the size of the board, all from one moment. */
  findPage(
    board: string,
    page: LeaderboardPage,
  ): Promise<{ entries: LeaderboardEntry[]; from: number; size: number }>;
  /** Returns the entries from index `from` to index `to`, excluding `to`; the first index is 0. */
  findRange(board: string, from: number, to: number): Promise<LeaderboardEntry[]>;
  /** Returns index and entry of each id, in order; null for an id that is not on the board. */
  find(board: string, ids: readonly string[]): Promise<({ index: number; entry: LeaderboardEntry } | null)[]>;
  /** Returns the number of entries of a board. */
  countEntries(board: string): Promise<number>;
  /** Returns the totals of all boards, in no particular order. */
  findTotals(): Promise<LeaderboardTotal[]>;
  /**
   * Replaces all boards atomically with `rows`. Readers see the old boards until the last row is written. The
   * boards stay unchanged after a failure.
   *
   * @throws {LeaderboardUnavailable} also when another rebuild has started, or the store has lost data.
   */
  rebuild(rows: AsyncIterable<readonly LeaderboardRow[]>): Promise<void>;
}
