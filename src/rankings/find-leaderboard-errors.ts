import {
  type Leaderboard,
  type LeaderboardEntry,
  LeaderboardNotBuilt,
} from '../platform/leaderboard/leaderboard.ts';
import {
  FROM_SCORES,
  GLOBAL_BOARD,
  SCORE_COLUMNS,
  type ScoreRow,
  toCityBoard,
  toLeaderboardRow,
} from './leaderboard-rows.ts';
import type { LeaderboardSyncDeps } from './sync-leaderboard.ts';

const BATCH = 1000;
/** Enough errors to know that the leaderboard needs a rebuild. */
const MAX_ERRORS = 20;
/** Attempts to compare totals that change during the comparison. */
const COUNT_ATTEMPTS = 3;

type Deps = Pick<LeaderboardSyncDeps, 'forkEm' | 'leaderboard'>;
type CheckedScore = ScoreRow & { dirty: boolean };

/**
 * Returns the differences between the leaderboard and the scores, entry by entry, as at most 20 sentences.
 * Ignores scores with a pending sync, so votes may arrive during the check. Costs a read of the whole
 * leaderboard.
 *
 * @throws {LeaderboardUnavailable}
 */
export async function findLeaderboardErrors(deps: Deps): Promise<string[]> {
  try {
    const errors: string[] = [];
    for (const { board } of await deps.leaderboard.findTotals()) {
      for await (const error of findWrongEntries(deps, board)) {
        if (errors.push(error) === MAX_ERRORS) return errors;
      }
    }
    return [...errors, ...(await findWrongTotals(deps))].slice(0, MAX_ERRORS);
  } catch (error) {
    if (error instanceof LeaderboardNotBuilt) return ['the leaderboard is not built'];
    throw error;
  }
}

async function* findWrongEntries(deps: Deps, board: string): AsyncGenerator<string> {
  for (let from = 0; ; from += BATCH) {
    const entries = await deps.leaderboard.findRange(board, from, from + BATCH);
    if (entries.length === 0) return;
    const scores = await readScores(
      deps,
      entries.map(({ id }) => id),
    );
    for (const entry of entries) {
      const score = scores.get(entry.id);
      if (!score) yield `${board} lists player ${entry.id} without a score`;
      else if (!isSame(entry, toExpectedEntry(score, board)) && (await isStillWrong(deps, board, entry.id))) {
        yield `${board} lists player ${entry.id} with ${entry.score} votes instead of ${score.votes}`;
      }
    }
  }
}

/** Compares again, with the score read before and after the entry, to exclude a race with the sync. */
async function isStillWrong(deps: Deps, board: string, id: string): Promise<boolean> {
  const before = (await readScores(deps, [id])).get(id);
  const entry = await readEntry(deps.leaderboard, board, id);
  const after = (await readScores(deps, [id])).get(id);
  if (!before || !after || after.dirty || before.version !== after.version) return false;
  return !isSame(entry, toExpectedEntry(after, board));
}

async function readEntry(
  leaderboard: Leaderboard,
  board: string,
  id: string,
): Promise<LeaderboardEntry | null> {
  const [found] = await leaderboard.find(board, [id]);
  // The entry on the board may differ from the entry in the index of players.
  return found ? ((await leaderboard.findRange(board, found.index, found.index + 1))[0] ?? null) : null;
}

function toExpectedEntry(score: ScoreRow, board: string): LeaderboardEntry | null {
  const row = toLeaderboardRow(score);
  return row.boards.includes(board) ? row : null;
}

const isSame = (one: LeaderboardEntry | null, other: LeaderboardEntry | null) =>
  one?.id === other?.id && one?.score === other?.score && one?.tieBreaker === other?.tieBreaker;

async function readScores({ forkEm }: Deps, ids: string[]): Promise<Map<string, CheckedScore>> {
  const rows = await forkEm().execute<CheckedScore[]>(
    `select ${SCORE_COLUMNS}, dirty ${FROM_SCORES}
      where tallies.player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id))`,
    [JSON.stringify(ids)],
  );
  return new Map(rows.map(row => [row.playerId, row]));
}

/** Finds missing and duplicate entries, which change a board's totals. */
async function findWrongTotals(deps: Deps): Promise<string[]> {
  for (let attempt = 1; attempt <= COUNT_ATTEMPTS; attempt++) {
    const expected = await countScores(deps);
    const actual = new Map((await deps.leaderboard.findTotals()).map(total => [total.board, total]));
    const errors = [...new Set([...expected.totals.keys(), ...actual.keys()])].flatMap(board => {
      const counted = expected.totals.get(board) ?? { entries: 0, score: 0 };
      const { entries, score } = actual.get(board) ?? { entries: 0, score: 0 };
      if (entries === counted.entries && score === counted.score) return [];
      return `${board} has ${entries} players and ${score} votes instead of ${counted.entries} and ${counted.score}`;
    });
    if (errors.length === 0) return [];
    if (!expected.dirty && expected.version === (await countScores(deps)).version) return errors;
  }
  // The scores changed during every attempt. The entries were compared one by one before.
  return [];
}

async function countScores({ forkEm }: Deps) {
  const cities = await forkEm().execute<
    { cityKey: string; entries: number; score: number; dirty: boolean; version: string }[]
  >(
    `select city_key as "cityKey", count(*) filter (where published_videos > 0)::int as entries,
            coalesce(sum(tallies.votes) filter (where published_videos > 0), 0)::int as score,
            bool_or(dirty) as dirty, max(version)::text as version
       ${FROM_SCORES} group by city_key`,
  );
  const sum = (pick: (city: (typeof cities)[number]) => number) =>
    cities.reduce((total, city) => total + pick(city), 0);
  return {
    totals: new Map([
      [GLOBAL_BOARD, { entries: sum(({ entries }) => entries), score: sum(({ score }) => score) }],
      ...cities.map(({ cityKey, entries, score }) => [toCityBoard(cityKey), { entries, score }] as const),
    ]),
    dirty: cities.some(({ dirty }) => dirty),
    version: cities.map(({ version }) => version).join(),
  };
}
