import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Env, loadEnv } from '../../src/env.ts';
import { openModel } from '../../src/model.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { withSettingFiles } from '../../src/setting-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const SERVERS = z.object({ DATABASE_URL: z.string(), REDIS_URL: z.string() });

/**
 * Runs an operator's command and prints its result. The database is that of the environment, or of the
 * running local stack when the environment names none. When the command throws, prints the causes on standard
 * error and exits with 1.
 */
export async function runCommand(
  work: (deps: { env: Env; database: Database }) => Promise<string>,
): Promise<void> {
  try {
    const env = loadEnv(readSettings());
    const database = await openModel(env, { longStatements: true });
    try {
      console.log(await work({ env, database }));
    } finally {
      await database.close(true);
    }
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) console.error(cause.message);
    process.exitCode = 1;
  }
}

function readSettings(): Record<string, string | undefined> {
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  const settings = withSettingFiles(process.env);
  const dataDir = resolve(ROOT, settings.DATA_DIR || '.data');
  // Development mode, as a command needs none of the secrets that production requires of a server.
  const overrides = {
    NODE_ENV: 'development',
    STORAGE_DIR: settings.STORAGE_DIR || join(dataDir, 'uploads'),
  };
  // Both addresses or neither: rankings must not be built from the votes of another contest.
  const servers = settings.DATABASE_URL ? {} : readLocalStack(join(dataDir, 'stack.json'));
  return { ...settings, ...overrides, ...servers };
}

function readLocalStack(addressFile: string): z.infer<typeof SERVERS> {
  if (!existsSync(addressFile)) {
    throw new Error(
      'No local stack is running: run npm start in another terminal first, or set DATABASE_URL.',
    );
  }
  return SERVERS.parse(JSON.parse(readFileSync(addressFile, 'utf8')));
}
