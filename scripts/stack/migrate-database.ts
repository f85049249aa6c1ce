import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** Brings the database that `env.DATABASE_URL` names to the newest schema. @throws with what the migration printed as the cause. */
export async function migrateDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['scripts/operate/migrate.ts'], { cwd: ROOT, env });
  } catch (error) {
    throw new Error('The database could not be migrated', { cause: error });
  }
}
