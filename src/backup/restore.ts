import type { DatabaseSettings } from '../platform/config/database-settings.ts';
import { takeSessionAdvisoryLock } from '../platform/database/advisory-locks.ts';
import type { Database } from '../platform/database/database.ts';
import { findExecutedMigrations, findKnownMigrations, migrate } from '../platform/database/migrations.ts';
import { withClient } from '../platform/database/table-copies.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { DamagedBackup, readMediaList } from './backup-folder.ts';
import { copyFile } from './copy-media.ts';
import { deleteRemovedVideos, dropTables, fillTables, findNonEmptyTable } from './restore-tables.ts';
import { type VerifiedBackup, verifyBackup } from './verify-backup.ts';

/** The database or the store to restore into is not empty. */
class NotEmpty extends Error {
  override name = 'NotEmpty';
}

interface RestoreResult {
  rows: number;
  files: number;
  /** Videos that were deleted during the backup and are not restored. */
  deleted: number;
}

/**
 * Restores a backup into an empty database and store, then migrates to the newest schema. Verifies the whole
 * backup before the first write. Writes the rows last, in one transaction, so that every visible row has its
 * files. An interrupted restore can be repeated. Uses constant memory.
 *
 * @throws {DamagedBackup} | {NotEmpty}
 */
export async function restore(
  deps: {
    database: Database;
    storage: Storage;
    connection: Pick<DatabaseSettings, 'url' | 'certificateAuthority'>;
  },
  folder: string,
): Promise<RestoreResult> {
  const { database, storage, connection } = deps;
  const backup = await verifyBackup(folder);
  await requireKnown(database, backup);
  await requireNoOtherFiles(storage, backup);
  return withClient(connection, async client => {
    // Prevents sweepers from deleting the restored files, which have no rows yet.
    await takeSessionAdvisoryLock(client, 'sweepFiles');
    const table = await findNonEmptyTable(client);
    if (table !== null) throw new NotEmpty(`The database is not empty: ${table} has rows`);
    const executed = await findExecutedMigrations(database);
    const { migrations } = backup.manifest;
    if (executed.join() !== migrations.join()) {
      if (executed.length > 0) await dropTables(client);
      await migrate(database, migrations);
    }
    const files = await copyFiles(storage, backup);
    const rows = await fillTables(client, backup);
    await migrate(database);
    const deleted = await deleteRemovedVideos(database.em.fork(), folder);
    return { rows, files, deleted };
  });
}

async function requireKnown(database: Database, { manifest }: VerifiedBackup): Promise<void> {
  const unknown = new Set(manifest.migrations).difference(new Set(await findKnownMigrations(database)));
  if (unknown.size === 0) return;
  throw new Error(`The backup is from a newer release, with the migrations ${[...unknown].join(', ')}`);
}

/** Accepts files of the backup, which an interrupted restore may have copied. */
async function requireNoOtherFiles(storage: Storage, { media }: VerifiedBackup): Promise<void> {
  for (const area of ['original', 'processed'] as const) {
    for await (const file of storage.list(area)) {
      if ((await media.find(file.key))?.sizeBytes === file.sizeBytes) continue;
      throw new NotEmpty(`The store is not empty: ${file.key} exists`);
    }
  }
}

async function copyFiles(storage: Storage, { folder, media }: VerifiedBackup): Promise<number> {
  let files = 0;
  for await (const entry of readMediaList(folder)) {
    if ('absent' in entry) continue;
    const { sha256 } = await copyFile(media, storage, entry.key);
    if (sha256 !== entry.sha256) throw new DamagedBackup(`media/${entry.key}`, 'has another checksum');
    files++;
  }
  return files;
}
