import { StartupError } from '../process/startup-error.ts';
import type { Database } from './database.ts';
import { findPendingMigrations } from './migrations.ts';

/**
 * Resolves when the database is available and has every migration of this code. A newer schema may have more.
 * Changes nothing.
 *
 * @throws {StartupError}
 */
export async function requireMigrations(database: Database): Promise<void> {
  // Without a connection the state of the schema is unknown.
  await database.em
    .fork()
    .execute('select 1')
    .catch(error => {
      throw new StartupError(`PostgreSQL is unavailable: ${getReason(error)}`, { cause: error });
    });
  const pending = await findPendingMigrations(database);
  if (pending.length === 0) return;
  throw new StartupError(`The schema is not migrated (npm run migrate), missing: ${pending.join(', ')}`);
}

/** Returns the first line of the message; after attempts on several addresses, that of the first attempt. */
function getReason(error: unknown): string {
  if (error instanceof AggregateError) return getReason(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message.split('\n', 1)[0] || getReason(error.cause);
}
