import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createDatabase } from '../../../scripts/stack/databases.ts';
import { migrateDatabase } from '../../../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { startPostgres } from '../../../scripts/stack/postgres.ts';
import { findProgram, withTools } from '../../../scripts/stack/tools.ts';
import { prepareBumpers } from '../../../worker/steps/bumpers.ts';
import { watchRun } from './watch-run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    services: {
      /** Connects to the run's Postgres as its owner. */
      adminUrl: string;
      /** A migrated database to copy; nothing may be connected to it. */
      template: string;
      /** Folder of the run, removed at its end. */
      runDir: string;
      redisServer: string;
    };
  }
}

const TEMPLATE = 'migrated';
/** Where the local stack keeps them too: named by what they were made of. */
const BUMPERS = join(import.meta.dirname, '../../../.data/bumpers');
// Nothing of a test has to survive a power cut.
const UNSAFE_AND_FAST = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
};

/** Starts the one Postgres of a run, with a migrated template; ended by the function it returns. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runDir = await mkdtemp(join(tmpdir(), 'anb-tests-'));
  const removeRun = watchRun(runDir);
  try {
    // As the tests have it, also for what is started here.
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
    // Once for all workers of the run, also where setup found those of another ffmpeg.
    await prepareBumpers(BUMPERS);
    const redisServer = findProgram('redis-server', process.env.PATH);
    project.provide('services', { adminUrl, template: TEMPLATE, runDir, redisServer });
    return removeRun;
  } catch (error) {
    await removeRun();
    throw error;
  }
}
