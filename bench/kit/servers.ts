import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild, untilReady } from '../../scripts/process/child.ts';
import { createDatabase } from '../../scripts/stack/databases.ts';
import { findProgram, withTools } from '../../scripts/stack/find-program.ts';
import { migrateDatabase } from '../../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { startRedis } from '../../scripts/stack/redis.ts';

const API = join(import.meta.dirname, '../../server/main.ts');

/** A new Postgres and Redis with the durability of production, in a folder that is removed with them. */
export interface Servers extends AsyncDisposable {
  dir: string;
  redisUrl: string;
  /** Creates a migrated database. Returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Starts an API process with production settings on loopback; `nodeArgs` precede the main file. */
  startApi(databaseUrl: string, options?: ApiOptions): Promise<Child & { url: string }>;
}

interface ApiOptions {
  env?: Record<string, string>;
  nodeArgs?: readonly string[];
}

/**
 * Starts the servers and prints the load average, without which figures mean little. `postgresOptions` are
 * server settings.
 */
export async function startServers(
  name: string,
  postgresOptions: Record<string, string> = {},
): Promise<Servers> {
  console.log(`load average ${loadavg().map(load => load.toFixed(1))}`);
  await using cleanup = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), `anb-bench-${name}-`));
  cleanup.defer(() => rm(dir, { recursive: true, force: true }));
  const getFiles = (kind: string) => ({
    logPath: join(dir, `${kind}.log`),
    pidPath: join(dir, `${kind}.pid`),
  });
  const PATH = withTools(process.env.PATH);
  const [password, authSecret] = [randomUUID(), randomUUID() + randomUUID()];

  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    port: await anyFreePort(),
    password,
    ...getFiles('postgres'),
    options: { max_wal_size: '2GB', max_connections: '200', ...postgresOptions },
  });
  cleanup.defer(() => postgres.stop());
  const redis = await startRedis({
    program: findProgram('redis-server', PATH),
    dir: join(dir, 'redis'),
    port: await anyFreePort(),
    password,
    ...getFiles('redis'),
  });
  cleanup.defer(() => redis.stop());

  const running = cleanup.move();
  let apis = 0;
  return {
    dir,
    redisUrl: redis.url,

    async createDatabase(database) {
      await createDatabase(postgres.url('postgres'), database);
      const url = postgres.url(database);
      await migrateDatabase({ PATH, DATABASE_URL: url });
      return url;
    },

    async startApi(databaseUrl, { env = {}, nodeArgs = [] } = {}) {
      const port = await anyFreePort();
      const url = `http://127.0.0.1:${port}`;
      const child = await startChild({
        name: 'API',
        command: process.execPath,
        args: [...nodeArgs, API],
        env: {
          PATH,
          NODE_ENV: 'production',
          LOG_LEVEL: 'warn',
          DATABASE_URL: databaseUrl,
          REDIS_URL: redis.url,
          STORAGE_DIR: join(dir, 'uploads'),
          API_HOST: '127.0.0.1',
          API_PORT: String(port),
          PUBLIC_URL: url,
          AUTH_SECRET: authSecret,
          SHUTDOWN_NOTICE_SECONDS: '0',
          ...env,
        },
        ...getFiles(`api-${apis++}`),
        stop: { signal: 'SIGTERM', graceSeconds: 30 },
      });
      running.defer(() => child.stop());
      const isReady = async () => (await fetch(`${url}/ready`).catch(() => null))?.ok ?? false;
      await untilReady(child, isReady, { deadlineSeconds: 60 });
      return { ...child, url };
    },

    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
