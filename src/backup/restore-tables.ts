import { join } from 'node:path';
import pg from 'pg';
import type { EntityManager } from '../platform/database/database.ts';
import { copyIn, findTables } from '../platform/database/table-copies.ts';
import { recalculateScores } from '../rankings/player-scores.ts';
import { toVideoId } from '../videos/files/video-files.ts';
import { NOT_KEPT } from './back-up.ts';
import { DamagedBackup, getTableFileName, readMediaList } from './backup-folder.ts';
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

/** Fills empty tables, all or none, and compares the numbers of rows; how many there are. */
export async function fillTables(client: pg.Client, { folder, manifest }: VerifiedBackup): Promise<number> {
  return inTransaction(client, async () => {
    let rows = 0;
    for (const table of manifest.tables) {
      const copied = await copyIn(client, table, join(folder, getTableFileName(table.name)));
      if (copied !== table.rows) {
        throw new DamagedBackup(
          getTableFileName(table.name),
          `gave ${copied} rows in place of ${table.rows}`,
        );
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
    return rows;
  });
}

/**
 * Removes the videos that were deleted while the backup was made, as their files went after the rows were read, and counts
 * their players' votes without them; how many there were. Needs the newest schema.
 */
export async function removeDeleted(em: EntityManager, folder: string): Promise<number> {
  const ids: string[] = [];
  for await (const entry of readMediaList(folder)) {
    const videoId = 'absent' in entry && entry.absent === 'DELETED' ? toVideoId(entry.key) : null;
    if (videoId !== null) ids.push(videoId);
  }
  return em.transactional(async em => {
    const gone = await em.execute<{ player_id: string }[]>(
      `delete from videos where id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))
        returning player_id`,
      [JSON.stringify(ids)],
    );
    // Their votes went with them.
    await recalculateScores(
      em,
      gone.map(row => row.player_id),
    );
    return gone.length;
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
