import type { EntityManager } from '../platform/database/database.ts';
import { PUBLISHED_VIDEO } from './published-video.ts';

/**
 * Recalculates the scores of these players from their published videos, and marks the scores dirty for the
 * leaderboard sync. All fields derive from rows, also `reached_at`: hiding and restoring a video leaves no
 * trace. Runs in the caller's transaction, which has changed the videos. Locks rows in the order of their ids
 * to prevent deadlocks.
 */
export async function recalculateScores(em: EntityManager, playerIds: readonly string[]): Promise<void> {
  const ids = JSON.stringify([...new Set(playerIds)].sort());
  await em.execute(
    `insert into tallies (player_id, version) select id::uuid, 0 from jsonb_array_elements_text(?::jsonb) as requested (id)
      order by 1 on conflict do nothing`,
    [ids],
  );
  await em.execute(
    `select from tallies where player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id))
      order by player_id for update`,
    [ids],
  );
  // A separate statement, which sees the commits of the transactions that held the locks.
  await em.execute(
    `update tallies
        set votes = fresh.votes, published_videos = fresh.videos, version = nextval('tally_versions'), dirty = true,
            reached_at = coalesce(fresh.reached_at, tallies.reached_at)
       from (
         select requested.id::uuid as player_id, coalesce(sum(videos.votes), 0) as votes, count(videos.id) as videos,
                coalesce(max(latest.cast_at), min(processed_at)) as reached_at
           from jsonb_array_elements_text(?::jsonb) as requested (id)
           left join videos on videos.player_id = requested.id::uuid and ${PUBLISHED_VIDEO}
           left join lateral (select max(cast_at) as cast_at from votes where video_id = videos.id) as latest on true
          group by requested.id
       ) as fresh
      where tallies.player_id = fresh.player_id`,
    [ids],
  );
}

/**
 * Marks a player's score dirty after a change of name or city, so that the leaderboard is updated. Runs in
 * the caller's transaction. Inserts a missing score for a player with videos: a concurrent first publication
 * may still use the old city.
 */
export async function markScoreDirty(em: EntityManager, playerId: string): Promise<void> {
  await em.execute(
    `insert into tallies (player_id, version)
     select ?::uuid, nextval('tally_versions') where exists (select from videos where player_id = ?)
         on conflict (player_id) do update set version = excluded.version, dirty = true`,
    [playerId, playerId],
  );
}
