import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityClass, type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { dropLostConnections, dropSilentConnections } from './lost-connections.ts';

export type { EntityManager } from '@mikro-orm/postgresql';
export type Database = MikroORM;

/** Any number, as long as every process that migrates this product's databases agrees on it. */
const MIGRATION_LOCK = 7_262_011;
const LOOK_MILLISECONDS = 10;
/** Beyond the statement timeout, after which PostgreSQL would have said something. */
const SILENCE_SECONDS = 5;
/** Where the database remembers which migrations it has. */
export const MIGRATIONS_TABLE = 'mikro_orm_migrations';

/**
 * A pool on PostgreSQL with the given entities; connects on first use. Must be closed.
 * `statementTimeoutSeconds` ends a query that runs away, and a transaction in which nobody asks for anything. With a
 * `certificateAuthority` (PEM) the connections are TLS, to a server whose certificate it signed; without one in the clear.
 * A connection that is silent for longer than a statement may take is lost, unless `longStatements` are run on it, which
 * switch the timeout off.
 */
export async function openDatabase({
  statementTimeoutSeconds = 15,
  longStatements = false,
  ...settings
}: {
  url: string;
  poolSize: number;
  entities: EntityClass<object>[];
  migrationsDir: string;
  statementTimeoutSeconds?: number;
  longStatements?: boolean;
  certificateAuthority?: string | undefined;
}): Promise<Database> {
  const options: Options = {
    clientUrl: settings.url,
    entities: settings.entities,
    extensions: [Migrator],
    forceUtcTimezone: true,
    pool: { min: 0, max: settings.poolSize },
    driverOptions: {
      onPoolCreated(pool: Pool) {
        dropLostConnections(pool);
        if (!longStatements) dropSilentConnections(pool, (statementTimeoutSeconds + SILENCE_SECONDS) * 1000);
      },
      // Waiting longer than this for a connection is an outage, and the caller should hear of it.
      connectionTimeoutMillis: 5000,
      statement_timeout: statementTimeoutSeconds * 1000,
      // What a process that froze or was cut off has locked, nobody else would get before the server's TCP gives up.
      idle_in_transaction_session_timeout: statementTimeoutSeconds * 1000,
      // Else a connection that nobody uses is never found to lead nowhere.
      ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
      application_name: 'anb-rising-stars',
      // Not by the URL: of its query only the schema is read.
      ...(settings.certificateAuthority !== undefined && { ssl: { ca: settings.certificateAuthority } }),
    },
    migrations: {
      tableName: MIGRATIONS_TABLE,
      path: settings.migrationsDir,
      pathTs: settings.migrationsDir,
      glob: '*.ts',
      snapshotOnMigrate: false,
      snapshotName: 'schema-snapshot',
      emit: 'ts',
      silent: true,
    },
  };
  return new MikroORM(options);
}

/**
 * Closes the pool once nobody has a connection of it or waits for one. Closed sooner, a connection that is being made just
 * then would never be given back, and the pool would wait for it for ever.
 */
export async function closeDatabase(database: Database): Promise<void> {
  const pool = await database.em.getConnection().getNativeClient();
  while (pool.waitingCount > 0 || pool.idleCount < pool.totalCount) await pause(LOOK_MILLISECONDS);
  await database.close(true);
}

/** A manager whose statements are cancelled, also where they run, once `signal` is aborted; they fail with its reason. */
export function forkUntil(database: Database, signal: AbortSignal): EntityManager {
  return database.em.fork({ signal, inflightQueryAbortStrategy: 'cancel query' });
}

/**
 * Brings the database to the newest schema, or runs no other migrations than `only`; the names of what ran. Safe when
 * several processes do it at once.
 */
export async function migrate(database: Database, only?: string[]): Promise<string[]> {
  return database.em.fork().transactional(async em => {
    await em.execute('set local statement_timeout = 0');
    await em.execute(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    // In the lock's own transaction: it ends, and lets the next process look, only when the schema is committed.
    const transaction = em.getTransactionContext();
    const ran = await database.migrator.up({ transaction, ...(only && { migrations: only }) });
    return ran.map(migration => migration.name);
  });
}

/** The names of the migrations that this code has, in their order. */
export async function knownMigrations(database: Database): Promise<string[]> {
  const files = await readdir(database.config.get('migrations').path ?? '.');
  return files
    .filter(file => file.endsWith('.ts'))
    .map(file => file.slice(0, -'.ts'.length))
    .toSorted();
}

/** The names of the migrations that the database has, in the order in which they ran. Changes nothing. */
export async function executedMigrations(database: Database): Promise<string[]> {
  const em = database.em.fork();
  const [table] = await em.execute<[{ exists: boolean }]>(
    `select to_regclass('${MIGRATIONS_TABLE}') is not null as exists`,
  );
  if (!table.exists) return [];
  const rows = await em.execute<{ name: string }[]>(`select name from ${MIGRATIONS_TABLE} order by id`);
  return rows.map(({ name }) => name);
}

/** The names of migrations that this code has and the database does not. Changes nothing. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const executed = new Set(await executedMigrations(database));
  return (await knownMigrations(database)).filter(name => !executed.has(name));
}
