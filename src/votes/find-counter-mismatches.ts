import type { EntityManager } from '../platform/database/database.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { recalculateScores } from '../rankings/recalculate-scores.ts';

const MAX_MISMATCHES = 1000;

/** A counter that differs from the number of rows. */
export interface CounterMismatch {
  kind: 'video' | 'score';
  /** The video's id, or the player's id of a score. */
  id: string;
  playerId: string;
  /** The value of the counter. */
  stored: number;
  /** The number of rows. */
  counted: number;
}

/**
 * Returns at most 1,000 counters that differ from the rows of `votes`, in one snapshot. Costs a scan of the
 * votes.
 */
export async function findCounterMismatches(em: EntityManager): Promise<CounterMismatch[]> {
  return em.transactional(async em => {
    await em.execute('set local statement_timeout = 0');
    return em.execute<CounterMismatch[]>(
      `with counted as (
         select videos.id, player_id, votes, ${PUBLISHED_VIDEO} as published,
                coalesce(rows.count, 0) as rows, latest, processed_at
           from videos left join (
             select video_id, count(*), max(cast_at) as latest from votes group by video_id
           ) as rows on video_id = videos.id
       ),
       totals as (
         select player_id, sum(rows) as votes, count(*) as videos, coalesce(max(latest), min(processed_at)) as reached_at
           from counted where published group by player_id
       )
       select 'video' as kind, id, player_id as "playerId", votes as stored, rows::int as counted
         from counted where votes <> rows
       union all
       select 'score', player_id, player_id, coalesce(tallies.votes, 0), coalesce(totals.votes, 0)::int
         from tallies full join totals using (player_id)
        where (coalesce(tallies.votes, 0), coalesce(published_videos, 0), coalesce(totals.reached_at, tallies.reached_at))
              is distinct from (coalesce(totals.votes, 0), coalesce(totals.videos, 0), tallies.reached_at)
       limit ?`,
      [MAX_MISMATCHES],
    );
  });
}

/** Recounts the votes of a video when the mismatch is a video's, and recalculates the player's score. */
export async function repairCounter(
  em: EntityManager,
  { kind, id, playerId }: CounterMismatch,
): Promise<void> {
  await em.transactional(async em => {
    if (kind === 'video') {
      await em.execute('select from videos where id = ? for no key update', [id]);
      // A separate statement, which sees the commits of the transactions that held the lock.
      await em.execute(
        'update videos set votes = (select count(*) from votes where video_id = videos.id) where id = ?',
        [id],
      );
    }
    await recalculateScores(em, [playerId]);
  });
}
