import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { openModel } from '../../src/model.ts';
import { type Env, loadEnv } from '../../src/platform/config/env.ts';
import { withSettingFiles } from '../../src/platform/config/setting-files.ts';
import type { Database } from '../../src/platform/database/database.ts';

const ROOT = join(import.meta.dirname, '../..');
const SERVERS = z.object({ DATABASE_URL: z.string(), REDIS_URL: z.string() });

/**
 * Does an operator's work on the database of the environment or, when it names none, of the running local stack, and
 * says the line that comes of it. When the work throws it says why on standard error, and the process exits with 1.
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
  const given = withSettingFiles(process.env);
  const dataDir = resolve(ROOT, given.DATA_DIR || '.data');
  // A command serves nobody: it needs none of the secrets that a server has to be given.
  const forACommand = { NODE_ENV: 'development', STORAGE_DIR: given.STORAGE_DIR || join(dataDir, 'uploads') };
  // Both or neither: the rankings of one contest must not be made of another's votes.
  const servers = given.DATABASE_URL ? {} : readLocalStack(join(dataDir, 'stack.json'));
  return { ...given, ...forACommand, ...servers };
}

function readLocalStack(addressFile: string): z.infer<typeof SERVERS> {
  if (!existsSync(addressFile)) {
    throw new Error(
      'Nothing is running here: npm start in another terminal comes first, or set DATABASE_URL.',
    );
  }
  return SERVERS.parse(JSON.parse(readFileSync(addressFile, 'utf8')));
}
