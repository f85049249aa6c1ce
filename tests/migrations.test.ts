import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { fillTables } from '../src/backup/restore-tables.ts';
import { type VerifiedBackup, verifyBackup } from '../src/backup/verify-backup.ts';
import { openModel } from '../src/model.ts';
import {
  type Database,
  executedMigrations,
  knownMigrations,
  migrate,
} from '../src/platform/database/database.ts';
import { requireMigrations } from '../src/platform/database/require-migrations.ts';
import { withClient } from '../src/platform/database/table-copies.ts';
import { StartupError } from '../src/platform/process/startup-error.ts';
import { findCounterMismatches } from '../src/votes/counter-mismatches.ts';
import { createDatabase } from './kit/services/services.ts';

const ROOT = join(import.meta.dirname, '..');
const FIXTURES = join(import.meta.dirname, 'fixtures/backups');

/** The columns whose values a migration changes; those of all others have to stay. */
const CHANGED: Record<string, string[]> = {
  Migration20261124020000_vote_times: ['tallies.reached_at', 'tallies.version', 'tallies.dirty'],
};

/** A database without a table, and the model on it. */
async function bareDatabase(): Promise<{ database: Database; url: string }> {
  const own = await createDatabase({ bare: true });
  const database = await openModel({ database: { url: own.url, poolSize: 3 } });
  onTestFinished(async () => {
    await database.close(true);
    await own.drop();
  });
  return { database, url: own.url };
}

/** What the release whose newest migration this is had in its database. */
async function fixtureOf(migration: string): Promise<VerifiedBackup> {
  const folder = await mkdtemp(join(inject('services').runDir, 'fixture-'));
  await cp(join(FIXTURES, migration), folder, { recursive: true });
  return verifyBackup(folder);
}

test('processes that migrate at the same time run each migration once, and all succeed', async () => {
  const { database, url } = await bareDatabase();
  const all = await knownMigrations(database);
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, DATABASE_URL: url } };
  const runs = Array.from({ length: 3 }, () =>
    promisify(execFile)(process.execPath, ['scripts/operate/migrate.ts'], options),
  );
  const lines = (await Promise.all(runs)).map(({ stdout }) => stdout.trim()).toSorted();
  const idle = 'The schema is up to date.';
  expect(lines).toEqual([`Migrated: ${all.join(', ')}`, idle, idle].toSorted());
  expect(await executedMigrations(database)).toEqual(all);
});

test('a schema that is not migrated is refused by name, and looking at it changes nothing', async () => {
  const { database } = await bareDatabase();
  const all = await knownMigrations(database);
  const refusal = requireMigrations(database);
  await expect(refusal).rejects.toThrow(StartupError);
  await expect(refusal).rejects.toThrow(`missing: ${all.join(', ')}`);
  expect(await tablesOf(database)).toEqual([]);
  await migrate(database, all.slice(0, -1));
  await expect(requireMigrations(database)).rejects.toThrow(`missing: ${all.at(-1)}`);
  await migrate(database);
  await requireMigrations(database);
});

/** Taken from the files, as tests are named before anything is connected. */
const migrations = (await readdir(join(ROOT, 'src/migrations')))
  .filter(file => file.endsWith('.ts'))
  .map(file => file.replace('.ts', ''))
  .toSorted();

describe('a migration runs on the data of the release before it', () => {
  // Where one is missing `npm run backup -- tests/fixtures/backups/NAME --rows-only` on that release makes it, or
  // `node scripts/make-migration-fixtures.ts` out of the one before.
  test.each(migrations.slice(1).map((name, at) => ({ name, previous: migrations[at] ?? '' })))(
    '$name',
    async ({ name, previous }) => {
      const { database, url } = await bareDatabase();
      const fixture = await fixtureOf(previous);
      expect(fixture.manifest.migrations).toEqual(migrations.slice(0, migrations.indexOf(name)));
      await migrate(database, fixture.manifest.migrations);
      await withClient({ url, certificateAuthority: undefined }, client => fillTables(client, fixture));
      const before = await rowsOf(database, fixture);

      expect(await migrate(database, [name])).toEqual([name]);
      const after = await rowsOf(database, fixture);
      for (const column of CHANGED[name] ?? []) for (const rows of [before, after]) rows.delete(column);
      expect(after).toEqual(before);

      await migrate(database);
      for (const entity of database.getMetadata().getAll().values()) {
        await database.em.fork().find(entity.class, {}, { limit: 10 });
      }
      expect(await findCounterMismatches(database.em.fork())).toEqual([]);
      expect(await database.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    },
  );
});

/** The values of each column that a backup has, by `table.column`, in the order of the primary keys. */
async function rowsOf(database: Database, { manifest }: VerifiedBackup): Promise<Map<string, unknown[]>> {
  const values = new Map<string, unknown[]>();
  for (const { name, columns, rows } of manifest.tables) {
    const found = await database.em
      .fork()
      .execute<Record<string, unknown>[]>(`select * from ${name} as t order by ${columns[0]}::text, t::text`);
    expect(found, name).toHaveLength(rows);
    expect(found.length, `rows of ${name} to lose`).toBeGreaterThan(0);
    for (const column of columns)
      values.set(
        `${name}.${column}`,
        found.map(row => row[column]),
      );
  }
  return values;
}

async function tablesOf(database: Database): Promise<unknown[]> {
  return database.em.fork().execute('select * from pg_tables where schemaname = current_schema()');
}
