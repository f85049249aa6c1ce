import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import * as copyStreams from 'pg-copy-streams';
import type { DatabaseSettings } from '../config/database-settings.ts';
import { ByteCounter } from '../storage/byte-counter.ts';
import type { Checksum } from '../storage/checksum.ts';

/*
 * Whole tables as files, in the text format of COPY (https://www.postgresql.org/docs/18/sql-copy.html), which
 * every version of PostgreSQL reads. Tables are streamed, so the memory does not grow with their size.
 */

/** A table and its stored columns; generated columns are omitted. */
interface TableShape {
  name: string;
  columns: string[];
}

/** Runs `work` on a connection outside the pool, without a statement timeout; then closes the connection. */
export async function withClient<Result>(
  settings: Pick<DatabaseSettings, 'url' | 'certificateAuthority'>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const { url, certificateAuthority } = settings;
  const client = new pg.Client({
    connectionString: url,
    application_name: 'anb-rising-stars-backup',
    connectionTimeoutMillis: 5000,
    ...(certificateAuthority !== undefined && { ssl: { ca: certificateAuthority } }),
  });
  await client.connect();
  try {
    // The text format of dates and times must not depend on the server's settings.
    await client.query(`set datestyle = 'ISO'; set timezone = 'UTC'`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Returns the tables of the schema in the order in which they can be filled. Each table follows those that it
 * references.
 *
 * @throws {Error} when tables reference each other in a cycle.
 */
export async function findTables(client: pg.Client): Promise<TableShape[]> {
  const tables = await client.query<TableShape & { parents: string[] }>(
    `select relname::text as name,
            (select array_agg(attname::text order by attnum) from pg_attribute
              where attrelid = tables.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
            array(select parents.relname::text from pg_constraint join pg_class as parents on parents.oid = confrelid
                   where contype = 'f' and conrelid = tables.oid and confrelid <> conrelid) as parents
       from pg_class as tables
      where relkind = 'r' and relnamespace = current_schema()::regnamespace order by relname`,
  );
  const ordered: TableShape[] = [];
  const remaining = new Map(tables.rows.map(table => [table.name, table]));
  while (remaining.size > 0) {
    const next = [...remaining.values()].find(({ parents }) => !parents.some(name => remaining.has(name)));
    if (!next) throw new Error(`Tables reference each other: ${[...remaining.keys()].join(', ')}`);
    remaining.delete(next.name);
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}

/**
 * Writes the rows of a query or of a table to a new file and flushes the file. Returns its checksum and row
 * count.
 */
export async function copyOut(
  client: pg.Client,
  source: TableShape | string,
  path: string,
): Promise<Checksum & { rows: number }> {
  const copied = typeof source === 'string' ? `(${source})` : toCopyTarget(source);
  const copy = client.query(copyStreams.to(`copy ${copied} to stdout`));
  const counter = new ByteCounter({ checksum: true });
  await pipeline(copy, counter, createWriteStream(path, { flags: 'wx', flush: true }));
  return { rows: copy.rowCount, sizeBytes: counter.sizeBytes, sha256: counter.sha256() };
}

/** Inserts the rows of a file into a table. Returns the number of rows. */
export async function copyIn(client: pg.Client, table: TableShape, path: string): Promise<number> {
  const copy = client.query(copyStreams.from(`copy ${toCopyTarget(table)} from stdin`));
  await pipeline(createReadStream(path), copy);
  return copy.rowCount;
}

const toCopyTarget = ({ name, columns }: TableShape) =>
  `${pg.escapeIdentifier(name)} (${columns.map(column => pg.escapeIdentifier(column)).join(', ')})`;
