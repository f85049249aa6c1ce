import type { Env } from '../platform/config/env.ts';
import {
  type Database,
  executedMigrations,
  knownMigrations,
  migrate,
} from '../platform/database/database.ts';
import { withClient } from '../platform/database/table-copies.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { FILES_LOCK } from '../videos/files/sweep-files.ts';
import { copyFile } from './back-up-media.ts';
import { DamagedBackup, readMediaList } from './backup-folder.ts';
import { dropTables, fillTables, findRows, removeDeleted } from './restore-tables.ts';
import { type VerifiedBackup, verifyBackup } from './verify-backup.ts';

/** There is something already where a backup was to be restored. */
export class NotEmpty extends Error {
  override name = 'NotEmpty';
}

export interface Restored {
  rows: number;
  files: number;
  /** Videos that were deleted while the backup was made, and so are not restored. */
  deleted: number;
}

/**
 * Brings back what a backup holds, into an empty database and store, and then the schema to this code's. Everything is
 * verified before anything is written; the rows come last, in one transaction, so that whoever sees a row finds its
 * files. After an interruption it can be run again. In constant memory.
 *
 * @throws {DamagedBackup} | {NotEmpty}
 */
export async function restore(
  deps: {
    database: Database;
    storage: Storage;
    connection: Pick<Env['database'], 'url' | 'certificateAuthority'>;
  },
  folder: string,
): Promise<Restored> {
  const { database, storage, connection } = deps;
  const backup = await verifyBackup(folder);
  await requireKnown(database, backup);
  await requireNoOtherFiles(storage, backup);
  return withClient(connection, async client => {
    // A sweeper would take the files for litter until the rows are there.
    await client.query('select pg_advisory_lock($1)', [FILES_LOCK]);
    const filled = await findRows(client);
    if (filled !== null) throw new NotEmpty(`The database is not empty: ${filled} holds rows`);
    const executed = await executedMigrations(database);
    const { migrations } = backup.manifest;
    if (executed.join() !== migrations.join()) {
      if (executed.length > 0) await dropTables(client);
      await migrate(database, migrations);
    }
    const files = await copyFiles(storage, backup);
    const rows = await fillTables(client, backup);
    await migrate(database);
    const deleted = await removeDeleted(database.em.fork(), folder);
    return { rows, files, deleted };
  });
}

async function requireKnown(database: Database, { manifest }: VerifiedBackup): Promise<void> {
  const unknown = new Set(manifest.migrations).difference(new Set(await knownMigrations(database)));
  if (unknown.size === 0) return;
  throw new Error(`The backup is of a newer release, with the migrations ${[...unknown].join(', ')}`);
}

/** What an interrupted restore has copied may be there. */
async function requireNoOtherFiles(storage: Storage, { media }: VerifiedBackup): Promise<void> {
  for (const area of ['original', 'processed'] as const) {
    for await (const file of storage.list(area)) {
      if ((await media.find(file.key))?.sizeBytes === file.sizeBytes) continue;
      throw new NotEmpty(`The store is not empty: it holds ${file.key}`);
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
