import { randomUUID } from 'node:crypto';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../scripts/stack/databases.ts';
import { migrateDatabase } from '../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../scripts/stack/ports.ts';
import { startPostgres } from '../scripts/stack/postgres.ts';
import { startRedis } from '../scripts/stack/redis.ts';
import { findProgram, withTools } from '../scripts/stack/tools.ts';
import { watchRun } from '../tests/kit/run/watch-run.ts';
import { type Supervised, supervise } from './process.ts';
import { openStore, type Store } from './store.ts';

const ROOT = join(import.meta.dirname, '..');
const DATABASE = 'arena';

/** A whole system of its own to do harm to, in a folder that is removed with it. */
export interface TestCluster extends AsyncDisposable {
  apis: readonly Supervised[];
  workers: readonly Supervised[];
  postgres: Store;
  redis: Store;
  redisUrl: string;
  /** The settings that its processes share. */
  env: Record<string, string> & { DATABASE_URL: string; STORAGE_DIR: string };
  /** Folders in which the workers keep what they work on. */
  workspaceDirs: readonly string[];
  /** The last words of each process that ended and should not have. */
  deaths: readonly string[];
  /** Leaves logs and files where they are when all else is gone; where that is. */
  keepFolder(): string;
}

/** Rules under which a second of a few pixels is a good video, and a silent worker is noticed soon. */
const TINY_AND_FAST = {
  MIN_SOURCE_SECONDS: '1',
  MIN_SOURCE_HEIGHT: '16',
  CLIP_SECONDS: '2',
  LEASE_SECONDS: '3',
  RETRY_SECONDS: '1',
  RECONCILE_SECONDS: '1',
  SHUTDOWN_GRACE_SECONDS: '20',
  SHUTDOWN_NOTICE_SECONDS: '0',
  SIGN_UPS_PER_HOUR: '1000000',
  VOTES_PER_MINUTE: '1000000',
  VOTES_PER_MINUTE_PER_NETWORK: '1000000',
};

/** Starts Postgres, Redis, two APIs and two workers, each a process. `settings` are environment variables of the latter. */
export async function openTestCluster(settings: Record<string, string> = {}): Promise<TestCluster> {
  await using cleanup = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'anb-chaos-'));
  let keptFolder: string | null = null;
  const removeRun = watchRun(dir);
  cleanup.defer(async () => {
    // Under another name the watcher leaves it.
    if (keptFolder !== null) await rename(dir, keptFolder);
    await removeRun();
  });
  const PATH = withTools(process.env.PATH);
  const password = randomUUID();
  const filesOf = (kind: string) => ({
    logPath: join(dir, `${kind}.log`),
    pidPath: join(dir, `${kind}.service.pid`),
  });

  const [postgresPort, redisPort] = [await anyFreePort(), await anyFreePort()];
  const postgresDir = join(dir, 'postgres');
  // No power cut is among the faults: what was written is there, flushed or not.
  const options = { fsync: 'off' };
  const postgres = await openStore('Postgres', () =>
    startPostgres({ dir: postgresDir, port: postgresPort, password, ...filesOf('postgres'), options }),
  );
  cleanup.defer(() => postgres.stop());
  const program = findProgram('redis-server', PATH);
  const redis = await openStore('Redis', () =>
    startRedis({ program, dir: join(dir, 'redis'), port: redisPort, password, ...filesOf('redis') }),
  );
  cleanup.defer(() => redis.stop());
  const postgresUrl = (database: string) =>
    `postgres://anb:${password}@127.0.0.1:${postgresPort}/${database}`;
  await createDatabase(postgresUrl('postgres'), DATABASE);
  await migrateDatabase({ PATH, DATABASE_URL: postgresUrl(DATABASE) });

  const redisUrl = `redis://:${password}@127.0.0.1:${redisPort}`;
  const env = {
    PATH,
    NODE_ENV: 'production',
    // So that the machine is not mostly busy with starting what was killed.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(dir, 'compiled'),
    LOG_LEVEL: 'info',
    DATABASE_URL: postgresUrl(DATABASE),
    REDIS_URL: redisUrl,
    STORAGE_DIR: join(dir, 'storage'),
    AUTH_SECRET: randomUUID() + randomUUID(),
    // Where the local stack keeps them too: named by what they were made of.
    BUMPERS_DIR: join(ROOT, '.data/bumpers'),
    ...TINY_AND_FAST,
    ...settings,
  };
  const deaths: string[] = [];
  const start = async (kind: 'api' | 'worker', number: number) => {
    const port = await anyFreePort();
    const url = `http://127.0.0.1:${port}`;
    const own =
      kind === 'api'
        ? { API_HOST: '127.0.0.1', API_PORT: String(port), PUBLIC_URL: url }
        : { WORKER_HOST: '127.0.0.1', WORKER_PORT: String(port), WORKER_CONCURRENCY: '2', PUBLIC_URL: url };
    const supervised = await supervise(
      {
        name: `${kind}-${number}`,
        command: process.execPath,
        args: [join(ROOT, kind === 'api' ? 'server/main.ts' : 'worker/main.ts')],
        env: { ...env, ...own, WORKER_TEMP_DIR: join(dir, `${kind}-${number}`) },
        cwd: ROOT,
        stop: { signal: 'SIGTERM', graceSeconds: 30 },
        url,
        // Also while the stores are away, so that a process that is started then counts as started.
        readyPath: '/health',
        dir,
        outages: () => {
          const begun = postgres.outages + redis.outages;
          return { begun, ended: begun - Number(postgres.isAway) - Number(redis.isAway) };
        },
      },
      note => deaths.push(note),
    );
    cleanup.defer(() => supervised.stop());
    return supervised;
  };
  const apis = await Promise.all([start('api', 1), start('api', 2)]);
  const workers = await Promise.all([start('worker', 1), start('worker', 2)]);
  const workspaceDirs = workers.map(({ name }) => join(dir, name, 'jobs'));

  const running = cleanup.move();
  return {
    apis,
    workers,
    postgres,
    redis,
    redisUrl,
    env,
    workspaceDirs,
    deaths,
    keepFolder() {
      keptFolder = `${dir}-kept`;
      return keptFolder;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
