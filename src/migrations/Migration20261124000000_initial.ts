import { Migration } from '@mikro-orm/migrations';

export class Migration20261124000000_initial extends Migration {
  override name = 'Migration20261124000000_initial';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "players" ("id" uuid not null default uuidv7(), "username_base" varchar(80) not null, "username_number" int not null, "username" varchar(90) not null, "first_name" varchar(60) not null, "last_name" varchar(60) not null, "email" varchar(254) not null, "password_hash" varchar(255) not null, "city" varchar(80) not null, "city_key" varchar(80) not null, "country" varchar(60) not null, "role" text not null default 'PLAYER', "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "players" add constraint "players_username_unique" unique ("username");`);
    this.addSql(`alter table "players" add constraint "players_email_unique" unique ("email");`);
    this.addSql(`create index "players_city_key_index" on "players" ("city_key");`);
    this.addSql(
      `alter table "players" add constraint "players_username_base_username_number_unique" unique ("username_base", "username_number");`,
    );
    this.addSql(
      `alter table "players" add constraint "players_role_check" check ("role" in ('PLAYER', 'MODERATOR'));`,
    );

    this.addSql(
      `create table "sessions" ("id" uuid not null default uuidv7(), "player_id" uuid not null, "token_hash" varchar(64) not null, "created_at" timestamptz not null default now(), "expires_at" timestamptz not null, "revoked_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`create index "sessions_expires_at_index" on "sessions" ("expires_at");`);

    this.addSql(
      `create table "videos" ("id" uuid not null, "player_id" uuid not null, "title" varchar(120) not null, "uploaded_at" timestamptz not null default now(), "status" text not null default 'UPLOADED', "phase" text not null default 'QUEUED', "percent" real not null default 0, "sequence" int not null default 0, "failure_reason" text null, "attempt" int not null default 0, "attempt_limit" int not null, "lease_until" timestamptz null, "queued_at" timestamptz not null default now(), "started_at" timestamptz null, "processed_at" timestamptz null, "hidden_at" timestamptz null, "original_key" varchar(120) not null, "original_type" varchar(40) not null, "original_bytes" bigint not null, "original_sha256" varchar(64) null, "clip_key" varchar(120) null, "poster_key" varchar(120) null, "duration_seconds" real null, "idempotency_key" varchar(200) null, "votes" int not null default 0, primary key ("id"));`,
    );
    this.addSql(`create index "videos_player_id_id_index" on "videos" ("player_id", "id");`);
    this.addSql(
      `create index "videos_status_queued_at_index" on "videos" ("status", "queued_at") where status in ('UPLOADED', 'PROCESSING');`,
    );
    this.addSql(
      `create index "videos_published_newest_index" on "videos" ("id") where status = 'PROCESSED' and hidden_at is null;`,
    );
    this.addSql(
      `create index "videos_published_most_voted_index" on "videos" ("votes", "id") where status = 'PROCESSED' and hidden_at is null;`,
    );
    this.addSql(
      `alter table "videos" add constraint "videos_player_id_idempotency_key_unique" unique ("player_id", "idempotency_key");`,
    );
    this.addSql(
      `alter table "videos" add constraint "videos_status_check" check ("status" in ('UPLOADED', 'PROCESSING', 'PROCESSED', 'FAILED'));`,
    );
    this.addSql(
      `alter table "videos" add constraint "videos_phase_check" check ("phase" in ('QUEUED', 'INSPECTING', 'RENDERING', 'PUBLISHING'));`,
    );
    this.addSql(
      `alter table "videos" add constraint "videos_failure_reason_check" check ("failure_reason" in ('NOT_A_VIDEO', 'UNSUPPORTED_FORMAT', 'TOO_SHORT', 'TOO_LONG', 'RESOLUTION_TOO_LOW', 'CORRUPT', 'TIMED_OUT', 'INTERNAL'));`,
    );

    this.addSql(
      `alter table "sessions" add constraint "sessions_player_id_foreign" foreign key ("player_id") references "players" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "videos" add constraint "videos_player_id_foreign" foreign key ("player_id") references "players" ("id");`,
    );
  }
}
