import { Migration } from '@mikro-orm/migrations';

export class Migration20261124030000_live_status extends Migration {
  override name = 'Migration20261124030000_live_status';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "live_workers" ("id" uuid not null, "slots" int not null, "seen_at" timestamptz not null default now(), primary key ("id"));`,
    );

    this.addSql(`drop index "videos_status_queued_at_index";`);
    this.addSql(`alter table "videos" add "ready_at" timestamptz null, add "request_id" uuid null;`);
    this.addSql(
      `create index "videos_status_queued_at_id_index" on "videos" ("status", "queued_at", "id") where status in ('UPLOADED', 'PROCESSING');`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "live_workers" cascade;`);

    this.addSql(`drop index "videos_status_queued_at_id_index";`);
    this.addSql(`alter table "videos" drop column "ready_at", drop column "request_id";`);
    this.addSql(
      `create index "videos_status_queued_at_index" on "videos" ("status", "queued_at") where status in ('UPLOADED', 'PROCESSING');`,
    );
  }
}
