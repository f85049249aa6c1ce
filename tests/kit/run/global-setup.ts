import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createDatabase } from '../../../scripts/stack/databases.ts';
import { findProgram, withTools } from '../../../scripts/stack/find-program.ts';
import { migrateDatabase } from '../../../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { startPostgres } from '../../../scripts/stack/postgres.ts';
import { prepareBumpers } from '../../../worker/steps/bumper-cache.ts';
import { BUMPERS_DIR } from './bumpers-dir.ts';
import { watchRun } from './watch-run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    services: {
      /** URL of the run's Postgres for its superuser. */
      adminUrl: string;
      /** Name of a migrated template database. It must have no connections. */
      template: string;
      /** Folder of the run, removed when the run ends. */
      runDir: string;
      /** Path of the redis-server program. */
      redisServer: string;
    };
  }
}

const TEMPLATE = 'migrated';
// Test data does not need to survive a power failure.
const UNSAFE_AND_FAST = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
};

/** Starts the Postgres of a run with a migrated template; the returned function stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runDir = await mkdtemp(join(tmpdir(), 'anb-tests-'));
  const removeRun = watchRun(runDir);
  try {
    // The programs started here need the PATH of the tests.
    process.env.PATH = withTools(process.env.PATH);
    const postgres = await startPostgres({
      dir: join(runDir, 'postgres'),
      port: anyFreePort,
      password: randomUUID(),
      logPath: join(runDir, 'postgres.log'),
      pidPath: join(runDir, 'postgres.service.pid'),
      options: UNSAFE_AND_FAST,
    });
    const adminUrl = postgres.url('postgres');
    await createDatabase(adminUrl, TEMPLATE);
    await migrateDatabase({ ...process.env, DATABASE_URL: postgres.url(TEMPLATE) });
    // Prepared once for all workers of the run, also if setup used another version of ffmpeg.
    await prepareBumpers(BUMPERS_DIR);
    const redisServer = findProgram('redis-server', process.env.PATH);
    project.provide('services', { adminUrl, template: TEMPLATE, runDir, redisServer });
    return removeRun;
  } catch (error) {
    await removeRun();
    throw error;
  }
}
