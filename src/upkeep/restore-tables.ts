import { join } from 'node:path';
import pg from 'pg';
import { copyIn, findTables } from '../platform/table-copies.ts';
import { videoIdOf } from '../videos/video-files.ts';
import { NOT_KEPT } from './back-up.ts';
import { DamagedBackup, readMediaList, tableNameOf } from './backup-folder.ts';
import type { VerifiedBackup } from './verify-backup.ts';

const { escapeIdentifier } = pg;

/** The name of a table that holds something; null when none does. */
export async function findRows(client: pg.Client): Promise<string | null> {
  for (const { name } of await findTables(client)) {
    if (NOT_KEPT.includes(name)) continue;
    const { rowCount } = await client.query(`select from ${escapeIdentifier(name)} limit 1`);
    if (rowCount !== 0) return name;
  }
  return null;
}

/** Removes all that migrations have made, so that they can run again: for a database without rows. */
export async function dropTables(client: pg.Client): Promise<void> {
  const { rows: sequences } = await client.query<{ name: string }>(
    'select sequencename::text as name from pg_sequences where schemaname = current_schema()',
  );
  const drops = [
    ...(await findTables(client)).map(({ name }) => `drop table ${escapeIdentifier(name)} cascade`),
    ...sequences.map(({ name }) => `drop sequence if exists ${escapeIdentifier(name)}`),
  ];
  await inTransaction(client, () => client.query(drops.join(';')));
}

/** Fills empty tables, all or none, and compares the numbers of rows. */
export async function fillTables(
  client: pg.Client,
  { folder, manifest }: VerifiedBackup,
): Promise<{ rows: number; deleted: number }> {
  return inTransaction(client, async () => {
    let rows = 0;
    for (const table of manifest.tables) {
      const copied = await copyIn(client, table, join(folder, tableNameOf(table.name)));
      if (copied !== table.rows) {
        throw new DamagedBackup(tableNameOf(table.name), `gave ${copied} rows in place of ${table.rows}`);
      }
      rows += copied;
    }
    for (const { name, lastValue } of manifest.sequences) {
      await client.query('select setval($1::regclass, $2)', [escapeIdentifier(name), lastValue]);
    }
    // Their workers are not here: they go back to the queue, at no attempt.
    await client.query(
      `update videos set phase = 'QUEUED', lease_until = now(), attempt_limit = attempt_limit + 1, sequence = sequence + 1
        where status = 'PROCESSING'`,
    );
    return { rows, deleted: await removeDeleted(client, folder) };
  });
}

/** Their files went while the backup was made, and the rows were read just before. */
async function removeDeleted(client: pg.Client, folder: string): Promise<number> {
  let deleted = 0;
  for await (const entry of readMediaList(folder)) {
    if (!('absent' in entry && entry.absent === 'DELETED')) continue;
    const { rowCount } = await client.query('delete from videos where id = $1', [videoIdOf(entry.key)]);
    deleted += rowCount ?? 0;
  }
  return deleted;
}

async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
