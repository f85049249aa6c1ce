// Creates the missing backups on which migrations are tested, each from the newest existing one.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTables } from '../src/backup/back-up.ts';
import { MEDIA_LIST_NAME, writeManifest } from '../src/backup/backup-folder.ts';
import { fillTables } from '../src/backup/restore-tables.ts';
import { verifyBackup } from '../src/backup/verify-backup.ts';
import { openModel } from '../src/model.ts';
import { findExecutedMigrations, findKnownMigrations, migrate } from '../src/platform/database/migrations.ts';
import { withClient } from '../src/platform/database/table-copies.ts';
import { checksumFile } from '../src/platform/storage/checksum.ts';
import { createDatabase } from './stack/databases.ts';
import { anyFreePort } from './stack/ports.ts';
import { startPostgres } from './stack/postgres.ts';

const FIXTURES = join(import.meta.dirname, '../tests/fixtures/backups');
const DATABASE = 'fixtures';

const dir = await mkdtemp(join(tmpdir(), 'anb-fixtures-'));
const postgres = await startPostgres({
  dir: join(dir, 'postgres'),
  port: await anyFreePort(),
  password: randomUUID(),
  logPath: join(dir, 'postgres.log'),
  pidPath: join(dir, 'postgres.pid'),
});
try {
  await createDatabase(postgres.url('postgres'), DATABASE);
  const connection = { url: postgres.url(DATABASE), certificateAuthority: undefined };
  const database = await openModel({ database: { url: connection.url, poolSize: 2 } });
  try {
    // The newest migration is not released yet.
    const released = (await findKnownMigrations(database)).slice(0, -1);
    const missing = released.filter(name => !existsSync(join(FIXTURES, name)));
    const newest = released.slice(0, released.indexOf(missing[0] ?? '')).at(-1);
    if (missing.length > 0 && newest !== undefined) {
      const from = await verifyBackup(join(FIXTURES, newest));
      await migrate(database, from.manifest.migrations);
      await withClient(connection, client => fillTables(client, from));
    }
    for (const name of missing) {
      await migrate(database, [name]);
      const folder = join(FIXTURES, name);
      await mkdir(folder, { recursive: true });
      const tables = await withClient(connection, client => copyTables(client, folder));
      const listPath = join(folder, MEDIA_LIST_NAME);
      await writeFile(listPath, '');
      const { sha256 } = await checksumFile(listPath);
      const migrations = await findExecutedMigrations(database);
      await writeManifest(folder, {
        format: 1,
        migrations,
        ...tables,
        media: { files: 0, sizeBytes: 0, sha256 },
      });
      console.log(`Made ${folder}`);
    }
  } finally {
    await database.close(true);
  }
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
