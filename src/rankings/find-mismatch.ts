import { GLOBAL_BOARD } from './leaderboard-rows.ts';
import type { LeaderboardSyncDeps } from './sync-leaderboard.ts';

/**
 * Returns the difference of totals between the boards, or between the boards and the scores, as a sentence.
 * Returns null without a difference. Ignores differences from scores that change during the comparison.
 */
export async function findMismatch(
  deps: Pick<LeaderboardSyncDeps, 'forkEm' | 'leaderboard'>,
): Promise<string | null> {
  const expected = await readScoreTotals(deps);
  const totals = await deps.leaderboard.findTotals();
  const globalTotal = totals.find(({ board }) => board === GLOBAL_BOARD);
  const { players, votes } = { players: globalTotal?.entries ?? 0, votes: globalTotal?.score ?? 0 };
  const cities = { players: -players, votes: -votes };
  for (const { entries, score } of totals) {
    cities.players += entries;
    cities.votes += score;
  }
  // City boards and the global board are written atomically, so they agree while scores change.
  if (cities.players !== players || cities.votes !== votes) {
    return `the city boards have ${cities.players} players and ${cities.votes} votes instead of the global board's ${players} and ${votes}`;
  }
  if (expected.players === players && expected.votes === votes) return null;
  if (expected.dirty || expected.version !== (await readScoreTotals(deps)).version) return null;
  return `the leaderboard has ${players} players and ${votes} votes instead of ${expected.players} and ${expected.votes}`;
}

interface ScoreTotals {
  players: number;
  votes: number;
  dirty: boolean;
  /** The version of the latest change. */
  version: string;
}

async function readScoreTotals({ forkEm }: Pick<LeaderboardSyncDeps, 'forkEm'>): Promise<ScoreTotals> {
  const [totals] = await forkEm().execute<[ScoreTotals]>(
    `select count(*) filter (where published_videos > 0)::int as players, coalesce(sum(votes), 0)::int as votes,
            coalesce(bool_or(dirty), false) as dirty, coalesce(max(version), 0)::text as version
       from tallies`,
  );
  return totals;
}
