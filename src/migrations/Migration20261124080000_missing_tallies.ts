import { Migration } from '@mikro-orm/migrations';

export class Migration20261124080000_missing_tallies extends Migration {
  override name = 'Migration20261124080000_missing_tallies';

  override up(): void | Promise<void> {
    // Players with videos from before the scores existed have no score, and are missing in the ranking.
    this.addSql(
      `insert into tallies (player_id, votes, published_videos, reached_at, version)
       select player_id, sum(votes), count(*), coalesce(max(latest.cast_at), min(processed_at)), nextval('tally_versions')
         from videos
         left join lateral (select max(cast_at) as cast_at from votes where video_id = videos.id) as latest on true
        where status = 'PROCESSED' and hidden_at is null
        group by player_id
       on conflict (player_id) do nothing;`,
    );
  }

  override down(): void | Promise<void> {
    // The scores stay, as the previous release uses them too.
  }
}
