import {
  type Leaderboard,
  type LeaderboardEntry,
  LeaderboardNotBuilt,
} from '../platform/leaderboard/leaderboard.ts';
import {
  GLOBAL_BOARD,
  SCORE_COLUMNS,
  type ScoreRow,
  toCityBoard,
  toLeaderboardRow,
} from './leaderboard-rows.ts';
import type { LeaderboardSyncDeps } from './sync-leaderboard.ts';

const BATCH = 1000;
/** So many are enough to know that the boards have to be made anew. */
const MOST_ERRORS = 20;
/** How often totals are compared that move meanwhile. */
const COUNT_ATTEMPTS = 3;

type Deps = Pick<LeaderboardSyncDeps, 'forkEm' | 'leaderboard'>;
type MarkedTally = ScoreRow & { dirty: boolean };

/**
 * Where the boards differ from the tallies, entry by entry; at most 20 sentences. What is being projected is no
 * difference, so that it can be asked while votes come in. Costs a read of all boards.
 *
 * @throws {LeaderboardAway}
 */
export async function findBoardErrors(deps: Deps): Promise<string[]> {
  try {
    const errors: string[] = [];
    for (const { board } of await deps.leaderboard.totals()) {
      for await (const error of wrongEntries(deps, board)) {
        if (errors.push(error) === MOST_ERRORS) return errors;
      }
    }
    return [...errors, ...(await wrongTotals(deps))].slice(0, MOST_ERRORS);
  } catch (error) {
    if (error instanceof LeaderboardNotBuilt) return ['There are no boards'];
    throw error;
  }
}

async function* wrongEntries(deps: Deps, board: string): AsyncGenerator<string> {
  for (let from = 0; ; from += BATCH) {
    const shown = await deps.leaderboard.range(board, from, from + BATCH);
    if (shown.length === 0) return;
    const tallies = await readTallies(
      deps,
      shown.map(({ id }) => id),
    );
    for (const standing of shown) {
      const tally = tallies.get(standing.id);
      if (!tally) yield `${board} shows ${standing.id}, who has no tally`;
      else if (!isSame(standing, expected(tally, board)) && (await isStillWrong(deps, board, standing.id))) {
        yield `${board} shows ${standing.id} with ${standing.score} votes, not ${tally.votes} as counted`;
      }
    }
  }
}

/** Asked once more, with the tally read before and after: a difference that lasts is no race with the projector. */
async function isStillWrong(deps: Deps, board: string, id: string): Promise<boolean> {
  const before = (await readTallies(deps, [id])).get(id);
  const shown = await readEntry(deps.leaderboard, board, id);
  const after = (await readTallies(deps, [id])).get(id);
  if (!before || !after || after.dirty || before.version !== after.version) return false;
  return !isSame(shown, expected(after, board));
}

async function readEntry(
  leaderboard: Leaderboard,
  board: string,
  id: string,
): Promise<LeaderboardEntry | null> {
  const [place] = await leaderboard.find(board, [id]);
  // What readers of a page see, whatever the index of the players says.
  return place ? ((await leaderboard.range(board, place.index, place.index + 1))[0] ?? null) : null;
}

function expected(tally: ScoreRow, board: string): LeaderboardEntry | null {
  const row = toLeaderboardRow(tally);
  return row.boards.includes(board) ? row : null;
}

const isSame = (one: LeaderboardEntry | null, other: LeaderboardEntry | null) =>
  one?.id === other?.id && one?.score === other?.score && one?.tieBreaker === other?.tieBreaker;

async function readTallies({ forkEm }: Deps, ids: string[]): Promise<Map<string, MarkedTally>> {
  const rows = await forkEm().execute<MarkedTally[]>(
    `select ${SCORE_COLUMNS}, dirty from tallies join players on players.id = tallies.player_id
      where tallies.player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
    [JSON.stringify(ids)],
  );
  return new Map(rows.map(row => [row.playerId, row]));
}

/** Finds those who are on no board, or on one twice. */
async function wrongTotals(deps: Deps): Promise<string[]> {
  for (let attempt = 1; attempt <= COUNT_ATTEMPTS; attempt++) {
    const truth = await countTallies(deps);
    const shown = new Map((await deps.leaderboard.totals()).map(total => [total.board, total]));
    const wrong = new Set([...truth.totals.keys(), ...shown.keys()]).values().flatMap(board => {
      const counted = truth.totals.get(board) ?? { entries: 0, score: 0 };
      const { entries, score } = shown.get(board) ?? { entries: 0, score: 0 };
      return entries === counted.entries && score === counted.score
        ? []
        : [
            `${board} holds ${entries} players and ${score} votes, not ${counted.entries} and ${counted.score}`,
          ];
    });
    const errors = [...wrong];
    if (errors.length === 0) return [];
    if (!truth.dirty && truth.version === (await countTallies(deps)).version) return errors;
  }
  // They never stood still: the entries were compared one by one all the same.
  return [];
}

async function countTallies({ forkEm }: Deps) {
  const cities = await forkEm().execute<
    { cityKey: string; entries: number; score: number; dirty: boolean; version: string }[]
  >(
    `select city_key as "cityKey", count(*) filter (where published_videos > 0)::int as entries,
            coalesce(sum(tallies.votes) filter (where published_videos > 0), 0)::int as score,
            bool_or(dirty) as dirty, max(version)::text as version
       from tallies join players on players.id = tallies.player_id group by city_key`,
  );
  const sum = (pick: (city: (typeof cities)[number]) => number) =>
    cities.reduce((all, city) => all + pick(city), 0);
  return {
    totals: new Map([
      [GLOBAL_BOARD, { entries: sum(({ entries }) => entries), score: sum(({ score }) => score) }],
      ...cities.map(({ cityKey, entries, score }) => [toCityBoard(cityKey), { entries, score }] as const),
    ]),
    dirty: cities.some(({ dirty }) => dirty),
    version: cities.map(({ version }) => version).join(),
  };
}
