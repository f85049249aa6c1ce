import { Migration } from '@mikro-orm/migrations';

export class Migration20261124090000_traceparent extends Migration {
  override name = 'Migration20261124090000_traceparent';

  override up(): void | Promise<void> {
    this.addSql(`alter table "videos" add "traceparent" varchar(55) null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "videos" drop column "traceparent";`);
  }
}
