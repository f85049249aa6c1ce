import { join } from 'node:path';
import pg from 'pg';
import type { EntityManager } from '../platform/database/database.ts';
import { copyIn, findTables } from '../platform/database/table-copies.ts';
import { recalculateScores } from '../rankings/recalculate-scores.ts';
import { toVideoId } from '../videos/files/video-files.ts';
import { NEXT_SEQUENCE } from '../videos/processing/status-sequence.ts';
import { EXCLUDED_TABLES } from './back-up.ts';
import { DamagedBackup, getTableFileName, readMediaList } from './backup-folder.ts';
import type { VerifiedBackup } from './verify-backup.ts';

const { escapeIdentifier } = pg;

/** Returns the name of a table with rows; null when all are empty. */
export async function findNonEmptyTable(client: pg.Client): Promise<string | null> {
  for (const { name } of await findTables(client)) {
    if (EXCLUDED_TABLES.includes(name)) continue;
    const { rowCount } = await client.query(`select from ${escapeIdentifier(name)} limit 1`);
    if (rowCount !== 0) return name;
  }
  return null;
}

/** Drops all tables and sequences of a database without rows, so that the migrations can run again. */
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

/**
 * Fills the empty tables in one transaction and returns the number of rows.
 *
 * @throws {DamagedBackup} when a table's number of rows differs from the manifest.
 */
export async function fillTables(client: pg.Client, { folder, manifest }: VerifiedBackup): Promise<number> {
  return inTransaction(client, async () => {
    let rows = 0;
    for (const table of manifest.tables) {
      const copied = await copyIn(client, table, join(folder, getTableFileName(table.name)));
      if (copied !== table.rows) {
        throw new DamagedBackup(
          getTableFileName(table.name),
          `contains ${copied} rows instead of ${table.rows}`,
        );
      }
      rows += copied;
    }
    for (const { name, lastValue } of manifest.sequences) {
      await client.query('select setval($1::regclass, $2)', [escapeIdentifier(name), lastValue]);
    }
    // The leases belong to workers of the other system. Their videos return to the queue with all attempts.
    await client.query(
      `update videos set phase = 'QUEUED', lease_until = now(), attempt_limit = attempt_limit + 1, sequence = ${NEXT_SEQUENCE}
        where status = 'PROCESSING'`,
    );
    return rows;
  });
}

/**
 * Deletes the videos that were deleted during the backup, after their rows were read, and recalculates their
 * players' scores. Returns the number of videos. Requires the newest schema.
 */
export async function deleteRemovedVideos(em: EntityManager, folder: string): Promise<number> {
  const ids: string[] = [];
  for await (const entry of readMediaList(folder)) {
    const videoId = 'absent' in entry && entry.absent === 'DELETED' ? toVideoId(entry.key) : null;
    if (videoId !== null) ids.push(videoId);
  }
  return em.transactional(async em => {
    const deleted = await em.execute<{ player_id: string }[]>(
      `delete from videos where id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id))
        returning player_id`,
      [JSON.stringify(ids)],
    );
    // The deletion has also deleted the votes of these videos.
    await recalculateScores(
      em,
      deleted.map(row => row.player_id),
    );
    return deleted.length;
  });
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
