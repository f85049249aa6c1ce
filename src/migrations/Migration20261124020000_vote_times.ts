import { Migration } from '@mikro-orm/migrations';

export class Migration20261124020000_vote_times extends Migration {
  override name = 'Migration20261124020000_vote_times';

  override up(): void | Promise<void> {
    this.addSql(`create index "votes_video_id_cast_at_index" on "votes" ("video_id", "cast_at");`);
    // A total is reached when its latest vote is cast. Corrects the times that hiding and restoring changed.
    this.addSql(
      `update tallies set reached_at = fresh.reached_at, version = nextval('tally_versions'), dirty = true
         from (select player_id, coalesce(max(latest.cast_at), min(processed_at)) as reached_at
                 from videos
                 left join lateral (select max(cast_at) as cast_at from votes where video_id = videos.id) as latest on true
                where status = 'PROCESSED' and hidden_at is null
                group by player_id) as fresh
        where tallies.player_id = fresh.player_id and tallies.reached_at <> fresh.reached_at;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "votes_video_id_cast_at_index";`);
  }
}
