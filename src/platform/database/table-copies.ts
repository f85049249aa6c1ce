import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import * as copyStreams from 'pg-copy-streams';
import type { Env } from '../config/env.ts';
import { type Checksum, createChecksumCounter } from '../storage/checksum.ts';

/*
 * Whole tables as files, in the text format of COPY (https://www.postgresql.org/docs/18/sql-copy.html), which every
 * PostgreSQL reads. Streamed: a table of any size costs the same memory.
 */

/** A table with the columns that are stored. */
export interface TableShape {
  name: string;
  columns: string[];
}

/** Does `work` on a connection outside the pool, on which statements may take as long as they take. */
export async function withClient<Result>(
  settings: Pick<Env['database'], 'url' | 'certificateAuthority'>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const { url, certificateAuthority } = settings;
  const client = new pg.Client({
    connectionString: url,
    application_name: 'anb-rising-stars-upkeep',
    connectionTimeoutMillis: 5000,
    ...(certificateAuthority !== undefined && { ssl: { ca: certificateAuthority } }),
  });
  await client.connect();
  try {
    // How times are spelled in a copy must not depend on the server's settings.
    await client.query(`set datestyle = 'ISO'; set timezone = 'UTC'`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The tables of the schema, each after those that it refers to: the order in which they can be filled. */
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
  const waiting = new Map(tables.rows.map(table => [table.name, table]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ parents }) => !parents.some(name => waiting.has(name)));
    if (!next) throw new Error(`These tables refer to each other: ${[...waiting.keys()].join(', ')}`);
    waiting.delete(next.name);
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}

/** Writes what a query answers, or a table's columns, to a new file and flushes it. */
export async function copyOut(
  client: pg.Client,
  source: TableShape | string,
  path: string,
): Promise<Checksum & { rows: number }> {
  const what = typeof source === 'string' ? `(${source})` : target(source);
  const copy = client.query(copyStreams.to(`copy ${what} to stdout`));
  const meter = createChecksumCounter();
  await pipeline(copy, meter.through, createWriteStream(path, { flags: 'wx', flush: true }));
  return { rows: copy.rowCount, ...meter.result() };
}

/** Adds what a file holds to a table; how many rows it were. */
export async function copyIn(client: pg.Client, table: TableShape, path: string): Promise<number> {
  const copy = client.query(copyStreams.from(`copy ${target(table)} from stdin`));
  await pipeline(createReadStream(path), copy);
  return copy.rowCount;
}

const target = ({ name, columns }: TableShape) =>
  `${pg.escapeIdentifier(name)} (${columns.map(column => pg.escapeIdentifier(column)).join(', ')})`;
