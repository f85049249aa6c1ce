import type { EntityManager } from '../platform/database/database.ts';
import { recalculateScores } from '../rankings/player-scores.ts';

/** So many are told of in one go. */
const MOST = 1000;

/** A counter that is not what a count of the rows gives. */
export interface CounterMismatch {
  /** A video, or a player with a tally. */
  what: 'video' | 'tally';
  id: string;
  playerId: string;
  shown: number;
  counted: number;
}

/** Counters that differ from the rows of `votes`, all as of one moment; at most 1,000. Costs a scan of the votes. */
export async function findCounterMismatches(em: EntityManager): Promise<CounterMismatch[]> {
  return em.transactional(async em => {
    await em.execute('set local statement_timeout = 0');
    return em.execute<CounterMismatch[]>(
      `with counted as (
         select videos.id, player_id, votes, status = 'PROCESSED' and hidden_at is null as published,
                coalesce(rows.count, 0) as rows, latest, processed_at
           from videos left join (
             select video_id, count(*), max(cast_at) as latest from votes group by video_id
           ) as rows on video_id = videos.id
       ),
       totals as (
         select player_id, sum(rows) as votes, count(*) as videos, coalesce(max(latest), min(processed_at)) as reached_at
           from counted where published group by player_id
       )
       select 'video' as what, id, player_id as "playerId", votes as shown, rows::int as counted
         from counted where votes <> rows
       union all
       select 'tally', player_id, player_id, coalesce(tallies.votes, 0), coalesce(totals.votes, 0)::int
         from tallies full join totals using (player_id)
        where (coalesce(tallies.votes, 0), coalesce(published_videos, 0), coalesce(totals.reached_at, tallies.reached_at))
              is distinct from (coalesce(totals.votes, 0), coalesce(totals.videos, 0), tallies.reached_at)
       limit ?`,
      [MOST],
    );
  });
}

/** Counts a video's votes anew, or a player's, and all that follows from them. */
export async function repairCounter(
  em: EntityManager,
  { what, id, playerId }: CounterMismatch,
): Promise<void> {
  await em.transactional(async em => {
    if (what === 'video') {
      await em.execute('select from videos where id = ? for no key update', [id]);
      // A statement of its own: it sees what those who held the lock have committed.
      await em.execute(
        'update videos set votes = (select count(*) from votes where video_id = videos.id) where id = ?',
        [id],
      );
    }
    await recalculateScores(em, [playerId]);
  });
}
