import { NIL } from 'uuid';
import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { SCORE_COLUMNS, type ScoreRow, toLeaderboardRow } from './leaderboard-rows.ts';
import { boardChanged } from './ranking.events.ts';

const BATCH = 500;
/** Any number, as long as every process agrees on it. */
const REBUILD_LOCK = 7_262_013;

export interface LeaderboardSyncDeps {
  forkEm: () => EntityManager;
  leaderboard: Leaderboard;
  events: EventBus;
}

/**
 * Brings the boards up to date with the tallies that changed; how many there were. A crash at any point leaves the rest
 * marked, and doing it twice, or in two processes, changes nothing.
 *
 * @throws {LeaderboardAway}
 */
export async function syncLeaderboard({ forkEm, leaderboard, events }: LeaderboardSyncDeps): Promise<number> {
  const em = forkEm();
  let projected = 0;
  for (;;) {
    const rows = await em.execute<ScoreRow[]>(
      `select ${SCORE_COLUMNS} from tallies join players on players.id = tallies.player_id
        where dirty order by version limit ?`,
      [BATCH],
    );
    if (rows.length === 0) return projected;
    const changes = rows.map(toLeaderboardRow);
    const changed = await leaderboard.upsert(changes);
    // Also those that players have left; and those that a projection wrote to before it crashed. Told before the marks go:
    // after a crash in between they are told of again.
    const boards = new Set([...changed, ...changes.flatMap(({ boards }) => boards)]);
    await Promise.all([...boards].map(board => events.publish(boardChanged, board, { board })));
    // Only the version that was written: what has changed since, or is changing, stays marked. So this waits for nobody.
    await em.execute(
      `update tallies set dirty = false
         from (select player_id from tallies
                 join jsonb_to_recordset(?::jsonb) as written ("playerId" uuid, version bigint)
                   on player_id = "playerId" and tallies.version = written.version
                  for no key update of tallies skip locked) as unchanged
        where tallies.player_id = unchanged.player_id`,
      [JSON.stringify(rows.map(({ playerId, version }) => ({ playerId, version })))],
    );
    projected += rows.length;
    if (rows.length < BATCH) return projected;
  }
}

/** Makes the boards anew from the tallies; how many players are on them, or null when another process is at it. */
export async function rebuildLeaderboard({
  forkEm,
  leaderboard,
}: Omit<LeaderboardSyncDeps, 'events'>): Promise<number | null> {
  return forkEm().transactional(async lock => {
    const [row] = await lock.execute<{ mine: boolean }[]>('select pg_try_advisory_xact_lock(?) as mine', [
      REBUILD_LOCK,
    ]);
    if (!row?.mine) return null;
    const em = forkEm();
    let players = 0;
    const rows = async function* () {
      for (let after: string = NIL; ; ) {
        // Both sides are told where to begin: a merge join would read one of them from its start for every batch.
        const batch: ScoreRow[] = await em.execute<ScoreRow[]>(
          `select ${SCORE_COLUMNS} from tallies join players on players.id = tallies.player_id
            where player_id > ?::uuid and players.id > ?::uuid order by player_id limit 5000`,
          [after, after],
        );
        const last = batch.at(-1);
        if (last === undefined) return;
        after = last.playerId;
        players += batch.filter(({ publishedVideos }) => publishedVideos > 0).length;
        yield batch.map(toLeaderboardRow);
        // Else its transaction would be taken for one that everybody has left.
        await lock.execute('select 1');
      }
    };
    await leaderboard.rebuild(rows());
    return players;
  });
}
