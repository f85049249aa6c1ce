import { Migration } from '@mikro-orm/migrations';

export class Migration20261124070000_worker_deaths extends Migration {
  override name = 'Migration20261124070000_worker_deaths';

  override up(): void | Promise<void> {
    this.addSql(`alter table "videos" add "worker_deaths" int not null default 0;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "videos" drop column "worker_deaths";`);
  }
}
