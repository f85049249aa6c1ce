import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** Migrates the database that `env.DATABASE_URL` names. @throws with the migration's output in the cause. */
export async function migrateDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['scripts/operate/migrate.ts'], { cwd: ROOT, env });
  } catch (error) {
    throw new Error('The database could not be migrated', { cause: error });
  }
}
