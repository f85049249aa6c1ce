import type { EntityManager } from '../platform/database/database.ts';

/**
 * Counts the votes of these players' published videos anew and marks them for the leaderboard. All of it follows from
 * the rows, also when a total was reached: so hiding a video and restoring it leaves no trace. Part of the caller's
 * transaction, in which the players' videos have changed; rows are locked in the order of ids, so that two callers never
 * wait for each other.
 */
export async function recalculateScores(em: EntityManager, playerIds: readonly string[]): Promise<void> {
  const ids = JSON.stringify([...new Set(playerIds)].sort());
  await em.execute(
    `insert into tallies (player_id, version) select id::uuid, 0 from jsonb_array_elements_text(?::jsonb) as given (id)
      order by 1 on conflict do nothing`,
    [ids],
  );
  await em.execute(
    `select from tallies where player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))
      order by player_id for update`,
    [ids],
  );
  // A statement of its own: it sees what the transactions that held the locks have committed.
  await em.execute(
    `update tallies
        set votes = fresh.votes, published_videos = fresh.videos, version = nextval('tally_versions'), dirty = true,
            reached_at = coalesce(fresh.reached_at, tallies.reached_at)
       from (
         select given.id::uuid as player_id, coalesce(sum(videos.votes), 0) as votes, count(videos.id) as videos,
                coalesce(max(latest.cast_at), min(processed_at)) as reached_at
           from jsonb_array_elements_text(?::jsonb) as given (id)
           left join videos on videos.player_id = given.id::uuid and status = 'PROCESSED' and hidden_at is null
           left join lateral (select max(cast_at) as cast_at from votes where video_id = videos.id) as latest on true
          group by given.id
       ) as fresh
      where tallies.player_id = fresh.player_id`,
    [ids],
  );
}

/**
 * Marks a player whose name or city has changed, so that the leaderboard shows it. Part of the caller's transaction. Also one
 * without a tally who has videos: a first publication that is under way shows the old city, and can't be seen from here.
 */
export async function markScoreDirty(em: EntityManager, playerId: string): Promise<void> {
  await em.execute(
    `insert into tallies (player_id, version)
     select ?::uuid, nextval('tally_versions') where exists (select from videos where player_id = ?)
         on conflict (player_id) do update set version = excluded.version, dirty = true`,
    [playerId, playerId],
  );
}
