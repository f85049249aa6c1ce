import { Migrator } from '@mikro-orm/migrations';
import { type EntityClass, MikroORM, type Options } from '@mikro-orm/postgresql';

export type { EntityManager } from '@mikro-orm/postgresql';
export type Database = MikroORM;

/** Any number, as long as every process that migrates this product's databases agrees on it. */
const MIGRATION_LOCK = 7_262_011;

/**
 * A pool on PostgreSQL with the given entities; connects on first use. Must be closed.
 * `statementTimeoutSeconds` ends a query that runs away.
 */
export async function openDatabase(settings: {
  url: string;
  poolSize: number;
  entities: EntityClass<object>[];
  migrationsDir: string;
  statementTimeoutSeconds?: number;
}): Promise<Database> {
  const options: Options = {
    clientUrl: settings.url,
    entities: settings.entities,
    extensions: [Migrator],
    forceUtcTimezone: true,
    pool: { min: 0, max: settings.poolSize },
    driverOptions: {
      // Waiting longer than this for a connection is an outage, and the caller should hear of it.
      connectionTimeoutMillis: 5000,
      statement_timeout: (settings.statementTimeoutSeconds ?? 15) * 1000,
      application_name: 'anb-rising-stars',
    },
    migrations: {
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

/** Brings the database to the newest schema; the names of what ran. Safe when several processes do it at once. */
export async function migrate(database: Database): Promise<string[]> {
  return database.em.fork().transactional(async em => {
    await em.execute('set local statement_timeout = 0');
    await em.execute(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    // In the lock's own transaction: it ends, and lets the next process look, only when the schema is committed.
    const ran = await database.migrator.up({ transaction: em.getTransactionContext() });
    return ran.map(migration => migration.name);
  });
}

/** The names of migrations that this code has and the database does not. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  return (await database.migrator.getPending()).map(migration => migration.name);
}
