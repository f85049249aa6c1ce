import { StartupError } from '../process/startup-error.ts';
import { type Database, pendingMigrations } from './database.ts';

/**
 * Resolves when the database answers and has every migration of this code; a newer one may have more. Changes nothing.
 *
 * @throws {StartupError}
 */
export async function requireMigrations(database: Database): Promise<void> {
  // First, as without an answer nothing is known of the schema.
  await database.em
    .fork()
    .execute('select 1')
    .catch(error => {
      throw new StartupError(`PostgreSQL can't be used: ${reasonOf(error)}`, { cause: error });
    });
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  throw new StartupError(`The schema is not migrated (npm run migrate), missing: ${pending.join(', ')}`);
}

/** The first line of what happened; of several addresses that were tried in vain, the first one's. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message.split('\n', 1)[0] || reasonOf(error.cause);
}
