import { randomUUID } from 'node:crypto';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../scripts/stack/databases.ts';
import { findProgram, withTools } from '../scripts/stack/find-program.ts';
import { migrateDatabase } from '../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../scripts/stack/ports.ts';
import { startPostgres } from '../scripts/stack/postgres.ts';
import { startRedis } from '../scripts/stack/redis.ts';
import { BUMPERS_DIR } from '../tests/kit/run/bumpers-dir.ts';
import { watchRun } from '../tests/kit/run/watch-run.ts';
import { openStore, type Store } from './store.ts';
import { type SupervisedProcess, supervise } from './supervised-process.ts';

const ROOT = join(import.meta.dirname, '..');
const DATABASE = 'test_cluster';

/** Settings of all processes of the cluster. */
type ClusterEnv = Record<string, string> & { DATABASE_URL: string; STORAGE_DIR: string };

/** A complete system to inject faults into, in a folder that is removed with the cluster. */
export interface TestCluster extends AsyncDisposable {
  apis: readonly SupervisedProcess[];
  workers: readonly SupervisedProcess[];
  postgres: Store;
  redis: Store;
  redisUrl: string;
  env: ClusterEnv;
  /** The folders of the workers' working files. */
  workspaceDirs: readonly string[];
  /** The end of the log of each process that ended without a request. */
  unexpectedExits: readonly string[];
  /** Keeps logs and files when the cluster is disposed of. Returns their folder. */
  keepFolder(): string;
}

/** Settings that accept a video of one second and 16 pixels of height, with leases of 3 s. */
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

/**
 * Starts Postgres, Redis, two APIs and two workers, each a process. `settings` are environment variables of
 * APIs and workers.
 */
export async function openTestCluster(settings: Record<string, string> = {}): Promise<TestCluster> {
  await using cleanup = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'anb-chaos-'));
  let keptFolder: string | null = null;
  const removeRun = watchRun(dir);
  cleanup.defer(async () => {
    // The watcher removes the folder by its name: a renamed folder stays.
    if (keptFolder !== null) await rename(dir, keptFolder);
    await removeRun();
  });
  const PATH = withTools(process.env.PATH);
  const { postgres, redis, databaseUrl, redisUrl } = await openStores(dir, PATH, cleanup);
  const env = createEnv(dir, { PATH, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...settings });
  const unexpectedExits: string[] = [];
  const start = async (kind: 'api' | 'worker', number: number) => {
    const supervised = await startProcess(kind, number, {
      dir,
      env,
      stores: [postgres, redis],
      onUnexpectedExit: note => unexpectedExits.push(note),
    });
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
    unexpectedExits,
    keepFolder() {
      keptFolder = `${dir}-kept`;
      return keptFolder;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Starts Postgres with a migrated database, and Redis. */
async function openStores(dir: string, PATH: string, cleanup: AsyncDisposableStack) {
  const password = randomUUID();
  const getFiles = (kind: string) => ({
    logPath: join(dir, `${kind}.log`),
    pidPath: join(dir, `${kind}.service.pid`),
  });
  const [postgresPort, redisPort] = [await anyFreePort(), await anyFreePort()];
  const postgresDir = join(dir, 'postgres');
  // No fault is a power cut: the operating system keeps the writes of a killed Postgres, flushed or not.
  const options = { fsync: 'off' };
  const postgres = await openStore('Postgres', () =>
    startPostgres({ dir: postgresDir, port: postgresPort, password, ...getFiles('postgres'), options }),
  );
  cleanup.defer(() => postgres.stop());
  const program = findProgram('redis-server', PATH);
  const redis = await openStore('Redis', () =>
    startRedis({ program, dir: join(dir, 'redis'), port: redisPort, password, ...getFiles('redis') }),
  );
  cleanup.defer(() => redis.stop());
  const toUrl = (database: string) => `postgres://anb:${password}@127.0.0.1:${postgresPort}/${database}`;
  const databaseUrl = toUrl(DATABASE);
  await createDatabase(toUrl('postgres'), DATABASE);
  await migrateDatabase({ PATH, DATABASE_URL: databaseUrl });
  return { postgres, redis, databaseUrl, redisUrl: `redis://:${password}@127.0.0.1:${redisPort}` };
}

function createEnv(
  dir: string,
  settings: Record<string, string> & { PATH: string; DATABASE_URL: string; REDIS_URL: string },
): ClusterEnv {
  return {
    NODE_ENV: 'production',
    // Without the cache, restarts of killed processes take most of the machine's time.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(dir, 'compiled'),
    LOG_LEVEL: 'info',
    STORAGE_DIR: join(dir, 'storage'),
    AUTH_SECRET: randomUUID() + randomUUID(),
    BUMPERS_DIR,
    ...TINY_AND_FAST,
    ...settings,
  };
}

interface StartContext {
  dir: string;
  env: ClusterEnv;
  stores: readonly Store[];
  onUnexpectedExit: (note: string) => void;
}

async function startProcess(
  kind: 'api' | 'worker',
  number: number,
  { dir, env, stores, onUnexpectedExit }: StartContext,
): Promise<SupervisedProcess> {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const ownEnv =
    kind === 'api'
      ? { API_HOST: '127.0.0.1', API_PORT: String(port), PUBLIC_URL: url }
      : { WORKER_HOST: '127.0.0.1', WORKER_PORT: String(port), WORKER_CONCURRENCY: '2', PUBLIC_URL: url };
  return supervise(
    {
      name: `${kind}-${number}`,
      command: process.execPath,
      args: [join(ROOT, kind === 'api' ? 'server/main.ts' : 'worker/main.ts')],
      env: { ...env, ...ownEnv, WORKER_TEMP_DIR: join(dir, `${kind}-${number}`) },
      cwd: ROOT,
      stop: { signal: 'SIGTERM', graceSeconds: 30 },
      url,
      // Responds also during an outage of the stores, so that a process counts as started then.
      readyPath: '/health',
      dir,
      outages: () => ({
        begun: stores.reduce((sum, store) => sum + store.outages, 0),
        ended: stores.reduce((sum, store) => sum + store.outages - Number(store.isDown), 0),
      }),
    },
    onUnexpectedExit,
  );
}
