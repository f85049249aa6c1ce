import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import type { DatabaseSettings } from '../platform/config/database-settings.ts';
import { type Database, MIGRATIONS_TABLE } from '../platform/database/database.ts';
import { findExecutedMigrations, findPendingMigrations } from '../platform/database/migrations.ts';
import { copyOut, findTables, withClient } from '../platform/database/table-copies.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { FILE_COLUMNS } from '../videos/files/video-files.ts';
import { getTableFileName, type Manifest, type TableCopy, writeManifest } from './backup-folder.ts';
import { type CopiedMedia, copyMedia } from './copy-media.ts';

/** Tables outside the backup: the migrations fill the first; the second describes running processes. */
export const EXCLUDED_TABLES: readonly string[] = [MIGRATIONS_TABLE, 'live_workers'];

/** SQL: the key of every file that a row names. */
const KEYS = `select key from videos cross join lateral unnest(array[${FILE_COLUMNS.join(', ')}]) as key where key is not null`;

interface BackupResult extends CopiedMedia {
  rows: number;
}

/**
 * Writes a backup of a running system to `folder`: all tables in one snapshot, then their files. Files never
 * change. The folder appears once the backup is complete. After an interruption the next run reuses the
 * copies. Uses constant memory. With `rowsOnly` the backup contains no files.
 *
 * @throws when the folder exists, or when migrations are pending.
 */
export async function backUp(
  deps: {
    database: Database;
    storage: Storage;
    connection: Pick<DatabaseSettings, 'url' | 'certificateAuthority'>;
  },
  folder: string,
  { rowsOnly = false } = {},
): Promise<BackupResult> {
  const { database, storage, connection } = deps;
  if (existsSync(folder)) throw new Error(`${folder} exists already`);
  const pending = await findPendingMigrations(database);
  if (pending.length > 0) throw new Error(`The schema is not migrated, missing: ${pending.join(', ')}`);
  const migrations = await findExecutedMigrations(database);

  const draft = `${folder}.part`;
  const keysPath = join(draft, 'keys');
  await rm(keysPath, { force: true });
  const tables = await withClient(connection, client =>
    copyTables(client, draft, () => copyOut(client, rowsOnly ? `${KEYS} limit 0` : KEYS, keysPath)),
  );
  const { listing, ...media } = await copyMedia({ database, storage }, draft, keysPath);
  await rm(keysPath);
  const { files, sizeBytes } = media;
  await writeManifest(draft, {
    format: 1,
    migrations,
    ...tables,
    media: { files, sizeBytes, sha256: listing.sha256 },
  });
  await rename(draft, folder);
  return { ...media, rows: tables.tables.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Copies every table, and runs `more`, in one snapshot of the database. */
export async function copyTables(
  client: pg.Client,
  folder: string,
  more?: () => Promise<unknown>,
): Promise<Pick<Manifest, 'takenAt' | 'tables' | 'sequences'>> {
  const dir = join(folder, dirname(getTableFileName('any')));
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await client.query('begin isolation level repeatable read, read only');
  const clock = await client.query<{ now: Date }>('select now()');
  const tables: TableCopy[] = [];
  for (const table of await findTables(client)) {
    if (EXCLUDED_TABLES.includes(table.name)) continue;
    tables.push({ ...table, ...(await copyOut(client, table, join(folder, getTableFileName(table.name)))) });
  }
  await more?.();
  // Sequences are outside of snapshots. Read after the rows, they exceed every number in the rows.
  const { rows: sequences } = await client.query<{ name: string; lastValue: string }>(
    `select sequencename::text as name, last_value::text as "lastValue" from pg_sequences
      where schemaname = current_schema() and last_value is not null and not starts_with(sequencename, $1)`,
    [MIGRATIONS_TABLE],
  );
  await client.query('commit');
  return { takenAt: (clock.rows[0]?.now ?? new Date(Number.NaN)).toISOString(), tables, sequences };
}
