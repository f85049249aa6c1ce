import { Migration } from '@mikro-orm/migrations';

export class Migration20261124050000_previews extends Migration {
  override name = 'Migration20261124050000_previews';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "videos" add "preview_key" varchar(120) null, add "storyboard_key" varchar(120) null, add "storyboard_cues_key" varchar(120) null;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "videos" drop column "preview_key", drop column "storyboard_key", drop column "storyboard_cues_key";`,
    );
  }
}
