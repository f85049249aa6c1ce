import { NIL } from 'uuid';
import { tryAdvisoryLock } from '../platform/database/advisory-locks.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard, LeaderboardRow } from '../platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { FROM_SCORES, SCORE_COLUMNS, type ScoreRow, toLeaderboardRow } from './leaderboard-rows.ts';
import { leaderboardChanged } from './ranking.events.ts';

const SYNC_BATCH = 500;
const REBUILD_BATCH = 5000;

export interface LeaderboardSyncDeps {
  forkEm: () => EntityManager;
  leaderboard: Leaderboard;
  events: EventBus;
}

/**
 * Writes all dirty scores to the leaderboard and returns their number. A crash at any point leaves the others
 * dirty. Repeated and concurrent runs are safe.
 *
 * @throws {LeaderboardUnavailable}
 */
export async function syncLeaderboard(deps: LeaderboardSyncDeps): Promise<number> {
  const em = deps.forkEm();
  for (let synced = 0; ; ) {
    const rows = await em.execute<ScoreRow[]>(
      `select ${SCORE_COLUMNS} ${FROM_SCORES}
        where dirty order by version limit ?`,
      [SYNC_BATCH],
    );
    await syncRows(deps, em, rows);
    synced += rows.length;
    if (rows.length < SYNC_BATCH) return synced;
  }
}

async function syncRows(
  { leaderboard, events }: LeaderboardSyncDeps,
  em: EntityManager,
  scores: readonly ScoreRow[],
): Promise<void> {
  if (scores.length === 0) return;
  const rows = scores.map(toLeaderboardRow);
  const changed = await leaderboard.upsert(rows);
  // `changed` contains the boards that players left. The rows contain the boards written before a crash.
  const boards = new Set([...changed, ...rows.flatMap(row => row.boards)]);
  // The events precede the clearing of the marks, so a crash in between repeats the events.
  await Promise.all([...boards].map(board => events.publish(leaderboardChanged, board, { board })));
  // Clears only the written version: a score that changed meanwhile stays dirty. Waits for no lock.
  await em.execute(
    `update tallies set dirty = false
       from (select player_id from tallies
               join jsonb_to_recordset(?::jsonb) as written ("playerId" uuid, version bigint)
                 on player_id = "playerId" and tallies.version = written.version
                for no key update of tallies skip locked) as unchanged
      where tallies.player_id = unchanged.player_id`,
    [JSON.stringify(scores.map(({ playerId, version }) => ({ playerId, version })))],
  );
}

/**
 * Rebuilds the leaderboard from all scores and returns the number of ranked players; null when another
 * process rebuilds it.
 */
export async function rebuildLeaderboard({
  forkEm,
  leaderboard,
}: Omit<LeaderboardSyncDeps, 'events'>): Promise<number | null> {
  return forkEm().transactional(async lockEm => {
    if (!(await tryAdvisoryLock(lockEm, 'rebuildLeaderboard'))) return null;
    let players = 0;
    const countedRows = async function* () {
      for await (const rows of readAllRows(forkEm())) {
        players += rows.filter(({ boards }) => boards.length > 0).length;
        yield rows;
        // Keeps the transaction of the lock from being closed as idle.
        await lockEm.execute('select 1');
      }
    };
    await leaderboard.rebuild(countedRows());
    return players;
  });
}

async function* readAllRows(em: EntityManager): AsyncGenerator<LeaderboardRow[]> {
  for (let after: string = NIL; ; ) {
    // Both tables have the condition: a merge join would read a table without it from the start each time.
    const scores: ScoreRow[] = await em.execute<ScoreRow[]>(
      `select ${SCORE_COLUMNS} ${FROM_SCORES}
        where player_id > ?::uuid and players.id > ?::uuid order by player_id limit ?`,
      [after, after, REBUILD_BATCH],
    );
    const last = scores.at(-1);
    if (last === undefined) return;
    after = last.playerId;
    yield scores.map(toLeaderboardRow);
  }
}
