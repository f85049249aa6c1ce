import { setTimeout as pause } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityClass, type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { dropLostConnections, dropSilentConnections } from './lost-connections.ts';

export type { EntityManager } from '@mikro-orm/postgresql';
export type Database = MikroORM;

const POLL_MILLISECONDS = 10;
/** Tolerance after the statement timeout, at which PostgreSQL sends at least an error. */
const SILENCE_SECONDS = 5;
/** The table of executed migrations. */
export const MIGRATIONS_TABLE = 'mikro_orm_migrations';

/**
 * Opens a pool of PostgreSQL connections for the given entities; connects on first use. Callers must close
 * the pool with {@link closeDatabase}.
 *
 * `statementTimeoutSeconds` limits each statement and each idle period within a transaction. With a
 * `certificateAuthority` (PEM) the connections use TLS, and the server needs a certificate of that CA.
 * Without one they are unencrypted. A connection that is silent for longer than the statement timeout is
 * dropped. `longStatements` prevents this, for statements that disable the timeout.
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
      // A longer wait for a connection is an outage, and the caller must receive an error.
      connectionTimeoutMillis: 5000,
      statement_timeout: statementTimeoutSeconds * 1000,
      // Releases the locks of a frozen or disconnected process before the TCP timeout of the server.
      idle_in_transaction_session_timeout: statementTimeoutSeconds * 1000,
      // Detects a dead connection while it is idle.
      ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
      application_name: 'anb-rising-stars',
      // The CA cannot be part of the URL, as the driver reads only the schema from its query.
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
 * Closes the pool when no connection is in use or requested. An earlier close would lose a connection that is
 * still being established; the pool would then wait for it forever.
 */
export async function closeDatabase(database: Database): Promise<void> {
  const pool = await database.em.getConnection().getNativeClient();
  while (pool.waitingCount > 0 || pool.idleCount < pool.totalCount) await pause(POLL_MILLISECONDS);
  await database.close(true);
}

/**
 * Returns an entity manager whose statements are cancelled, also on the server, when `signal` aborts. They
 * reject with the reason of the signal.
 */
export function forkUntil(database: Database, signal: AbortSignal): EntityManager {
  return database.em.fork({ signal, inflightQueryAbortStrategy: 'cancel query' });
}
