import { Migration } from '@mikro-orm/migrations';

export class Migration20261124010000_contest extends Migration {
  override name = 'Migration20261124010000_contest';

  override up(): void | Promise<void> {
    this.addSql(`create sequence tally_versions;`);
    this.addSql(
      `create table "closures" ("id" int not null, "closed_at" timestamptz(6) not null default clock_timestamp(), "closed_by_id" uuid null, "certified_at" timestamptz(6) null, primary key ("id"));`,
    );

    this.addSql(
      `create table "audit_entries" ("id" uuid not null default uuidv7(), "at" timestamptz not null default now(), "actor_id" uuid null, "action" text not null, "subject" uuid null, "reason" varchar(500) null, primary key ("id"));`,
    );
    this.addSql(`create index "audit_entries_subject_id_index" on "audit_entries" ("subject", "id");`);

    this.addSql(
      `create table "results" ("city_key" varchar(80) not null, "position" int not null, "city" varchar(80) not null, "player_id" uuid not null, "username" varchar(90) not null, "votes" int not null, "reached_at" timestamptz(6) not null, "decided_by" text not null, "frozen_at" timestamptz(6) not null default now(), primary key ("city_key", "position"));`,
    );

    this.addSql(
      `create table "tallies" ("player_id" uuid not null, "votes" int not null default 0, "published_videos" int not null default 0, "reached_at" timestamptz(6) not null default now(), "version" bigint not null, "dirty" boolean not null default true, primary key ("player_id"));`,
    );
    this.addSql(`create index "tallies_dirty_index" on "tallies" ("version") where dirty;`);
    this.addSql(
      `create index "tallies_order_index" on "tallies" ("votes" DESC, "reached_at", "player_id") where published_videos > 0;`,
    );

    this.addSql(
      `create table "votes" ("id" uuid not null default uuidv7(), "video_id" uuid not null, "voter_id" uuid not null, "cast_at" timestamptz(6) not null default clock_timestamp(), "network_hash" varchar(43) not null, "voter_age_seconds" int not null, primary key ("id"));`,
    );
    this.addSql(`create index "votes_voter_id_id_index" on "votes" ("voter_id", "id");`);
    this.addSql(
      `alter table "votes" add constraint "votes_video_id_voter_id_unique" unique ("video_id", "voter_id");`,
    );

    this.addSql(
      `alter table "closures" add constraint "closures_closed_by_id_foreign" foreign key ("closed_by_id") references "players" ("id") on delete set null;`,
    );
    this.addSql(`alter table "closures" add constraint "closures_single_check" check (id = 1);`);

    this.addSql(
      `alter table "audit_entries" add constraint "audit_entries_actor_id_foreign" foreign key ("actor_id") references "players" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "audit_entries" add constraint "audit_entries_action_check" check ("action" in ('HIDE_VIDEO', 'RESTORE_VIDEO', 'REQUEUE_VIDEO', 'CLOSE_CONTEST', 'EXPORT_RESULTS', 'APPOINT_MODERATOR'));`,
    );

    this.addSql(
      `alter table "results" add constraint "results_player_id_foreign" foreign key ("player_id") references "players" ("id");`,
    );
    this.addSql(
      `alter table "results" add constraint "results_decided_by_check" check ("decided_by" in ('ONLY_CANDIDATE', 'MORE_VOTES', 'REACHED_FIRST', 'LOWER_ID'));`,
    );

    this.addSql(
      `alter table "tallies" add constraint "tallies_player_id_foreign" foreign key ("player_id") references "players" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "votes" add constraint "votes_video_id_foreign" foreign key ("video_id") references "videos" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "votes" add constraint "votes_voter_id_foreign" foreign key ("voter_id") references "players" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "closures" cascade;`);
    this.addSql(`drop table if exists "audit_entries" cascade;`);
    this.addSql(`drop table if exists "results" cascade;`);
    this.addSql(`drop table if exists "tallies" cascade;`);
    this.addSql(`drop table if exists "votes" cascade;`);
  }
}
