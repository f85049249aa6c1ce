import { readdir } from 'node:fs/promises';
import { takeAdvisoryLock } from './advisory-locks.ts';
import { type Database, MIGRATIONS_TABLE } from './database.ts';

/**
 * Migrates the database to the newest schema, or runs only the migrations in `only`. Returns the names of the
 * migrations that ran. Concurrent calls of several processes are safe.
 */
export async function migrate(database: Database, only?: string[]): Promise<string[]> {
  return database.em.fork().transactional(async em => {
    await em.execute('set local statement_timeout = 0');
    await takeAdvisoryLock(em, 'migrate');
    // The migrations run in the transaction of the lock: the next process continues only after the commit.
    const transaction = em.getTransactionContext();
    const executed = await database.migrator.up({ transaction, ...(only && { migrations: only }) });
    return executed.map(migration => migration.name);
  });
}

/** Returns the names of the migrations of this code, in order. */
export async function findKnownMigrations(database: Database): Promise<string[]> {
  const files = await readdir(database.config.get('migrations').path ?? '.');
  return files
    .filter(file => file.endsWith('.ts'))
    .map(file => file.slice(0, -'.ts'.length))
    .toSorted();
}

/** Returns the names of the migrations of the database, in the order of their execution. Changes nothing. */
export async function findExecutedMigrations(database: Database): Promise<string[]> {
  const em = database.em.fork();
  const [table] = await em.execute<[{ exists: boolean }]>(
    `select to_regclass('${MIGRATIONS_TABLE}') is not null as exists`,
  );
  if (!table.exists) return [];
  const rows = await em.execute<{ name: string }[]>(`select name from ${MIGRATIONS_TABLE} order by id`);
  return rows.map(({ name }) => name);
}

/** Returns the names of the migrations of this code that the database does not have. Changes nothing. */
export async function findPendingMigrations(database: Database): Promise<string[]> {
  const executed = new Set(await findExecutedMigrations(database));
  return (await findKnownMigrations(database)).filter(name => !executed.has(name));
}
