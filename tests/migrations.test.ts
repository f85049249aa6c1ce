import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { fillTables } from '../src/backup/restore-tables.ts';
import { type VerifiedBackup, verifyBackup } from '../src/backup/verify-backup.ts';
import { openModel } from '../src/model.ts';
import type { Database } from '../src/platform/database/database.ts';
import { findExecutedMigrations, findKnownMigrations, migrate } from '../src/platform/database/migrations.ts';
import { requireMigrations } from '../src/platform/database/require-migrations.ts';
import { withClient } from '../src/platform/database/table-copies.ts';
import { StartupError } from '../src/platform/process/startup-error.ts';
import { findCounterMismatches } from '../src/votes/find-counter-mismatches.ts';
import { createDatabase } from './kit/services/services.ts';

const ROOT = join(import.meta.dirname, '..');
const FIXTURES = join(import.meta.dirname, 'fixtures/backups');

/** The columns whose values a migration changes; the values of other columns must stay. */
const CHANGED_COLUMNS: Record<string, string[]> = {
  Migration20261124020000_vote_times: ['tallies.reached_at', 'tallies.version', 'tallies.dirty'],
};

/** Creates a database without tables and opens the model on it. */
async function openBareDatabase(): Promise<{ database: Database; url: string }> {
  const own = await createDatabase({ bare: true });
  const database = await openModel({ database: { url: own.url, poolSize: 3 } });
  onTestFinished(async () => {
    await database.close(true);
    await own.drop();
  });
  return { database, url: own.url };
}

/** Returns the backup of the release whose newest migration has this name. */
async function readFixture(migration: string): Promise<VerifiedBackup> {
  const folder = await mkdtemp(join(inject('services').runDir, 'fixture-'));
  await cp(join(FIXTURES, migration), folder, { recursive: true });
  return verifyBackup(folder);
}

test('concurrent migrate processes run each migration once, and all succeed', async () => {
  const { database, url } = await openBareDatabase();
  const all = await findKnownMigrations(database);
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, DATABASE_URL: url } };
  const runs = Array.from({ length: 3 }, () =>
    promisify(execFile)(process.execPath, ['scripts/operate/migrate.ts'], options),
  );
  const lines = (await Promise.all(runs)).map(({ stdout }) => stdout.trim()).toSorted();
  const upToDate = 'The schema is up to date.';
  expect(lines).toEqual([`Migrated: ${all.join(', ')}`, upToDate, upToDate].toSorted());
  expect(await findExecutedMigrations(database)).toEqual(all);
});

test('a missing migration is refused by name, and the check changes nothing', async () => {
  const { database } = await openBareDatabase();
  const all = await findKnownMigrations(database);
  const check = requireMigrations(database);
  await expect(check).rejects.toThrow(StartupError);
  await expect(check).rejects.toThrow(`missing: ${all.join(', ')}`);
  expect(await listTables(database)).toEqual([]);
  await migrate(database, all.slice(0, -1));
  await expect(requireMigrations(database)).rejects.toThrow(`missing: ${all.at(-1)}`);
  await migrate(database);
  await requireMigrations(database);
});

/** Read from the files: test titles are needed before a database is connected. */
const migrations = (await readdir(join(ROOT, 'src/migrations')))
  .filter(file => file.endsWith('.ts'))
  .map(file => file.replace('.ts', ''))
  .toSorted();

describe('each migration runs on the data of the release before it', () => {
  // To create a missing fixture, run `npm run backup -- tests/fixtures/backups/NAME --rows-only` on that
  // release, or `node scripts/make-migration-fixtures.ts` from the fixture before.
  test.each(migrations.slice(1).map((name, at) => ({ name, previous: migrations[at] ?? '' })))(
    '$name',
    async ({ name, previous }) => {
      const { database, url } = await openBareDatabase();
      const fixture = await readFixture(previous);
      expect(fixture.manifest.migrations).toEqual(migrations.slice(0, migrations.indexOf(name)));
      await migrate(database, fixture.manifest.migrations);
      await withClient({ url, certificateAuthority: undefined }, client => fillTables(client, fixture));
      const before = await readColumns(database, fixture);

      expect(await migrate(database, [name])).toEqual([name]);
      const after = await readColumns(database, fixture);
      for (const column of CHANGED_COLUMNS[name] ?? [])
        for (const rows of [before, after]) rows.delete(column);
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

/** Returns the values of each column of a backup, by `table.column`, in the order of the primary keys. */
async function readColumns(
  database: Database,
  { manifest }: VerifiedBackup,
): Promise<Map<string, unknown[]>> {
  const values = new Map<string, unknown[]>();
  for (const { name, columns, rows } of manifest.tables) {
    const found = await database.em
      .fork()
      .execute<Record<string, unknown>[]>(`select * from ${name} as t order by ${columns[0]}::text, t::text`);
    expect(found, name).toHaveLength(rows);
    expect(found.length, `rows of ${name}`).toBeGreaterThan(0);
    for (const column of columns)
      values.set(
        `${name}.${column}`,
        found.map(row => row[column]),
      );
  }
  return values;
}

async function listTables(database: Database): Promise<unknown[]> {
  return database.em.fork().execute('select * from pg_tables where schemaname = current_schema()');
}
