import { join } from 'node:path';
import { z } from 'zod';
import { endLeftover } from '../process/pid-file.mjs';
import { startApiAndWorker } from './api-and-worker.ts';
import { createDatabase, hasDatabase } from './databases.ts';
import { findProgram } from './find-program.ts';
import { migrateDatabase } from './migrate-database.ts';
import { choosePort, findFreePort, isPortFree } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { readOrCreateSecret } from './secret.ts';
import { formatRow, getProcessFiles, type StackSettings, TIERS } from './stack-settings.ts';

const PORTS = { postgres: 54_320, redis: 54_420, api: 8000, worker: 8001 };
const DATABASE = 'anb';
const PORT_ATTEMPTS = 3;
const NO_VIDEOS = z.object({ data: z.object({ videos: z.object({ nodes: z.tuple([]) }) }) });

/**
 * Starts Postgres and Redis unless `env` has their addresses, migrates the schema, then starts API and
 * worker. Prints the address of each one once it is ready, and writes the addresses to `stack.json` in the
 * data folder. `isEmpty` is true when no video is published.
 *
 * @throws when a process cannot start. The processes started before are in the group.
 */
export async function startLocalStack(settings: StackSettings): Promise<{ isEmpty: boolean }> {
  const { env, signal, print } = settings;
  await endLeftovers(settings);
  // Before the slow steps, as a port in use is the most common failure.
  await choosePorts(env);

  const databaseUrl = env.DATABASE_URL ?? (await startOwnPostgres(settings));
  print(
    formatRow('Postgres', withoutPassword(databaseUrl), env.DATABASE_URL ? 'yours, by DATABASE_URL' : null),
  );
  signal.throwIfAborted();

  const redisUrl = env.REDIS_URL ?? (await startOwnRedis(settings));
  print(formatRow('Redis', withoutPassword(redisUrl), env.REDIS_URL ? 'yours, by REDIS_URL' : null));
  signal.throwIfAborted();

  await migrateDatabase({ ...env, DATABASE_URL: databaseUrl });
  signal.throwIfAborted();
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const { apiUrl } = await startOnFreePorts(settings, stores);
  return { isEmpty: await isEmpty(apiUrl) };
}

/**
 * Starts API and worker, and retries on other ports when another program takes one of the chosen ports first.
 */
async function startOnFreePorts(
  settings: StackSettings,
  stores: Parameters<typeof startApiAndWorker>[2],
): Promise<{ apiUrl: string }> {
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(settings.env);
    try {
      return await startApiAndWorker(settings, ports, stores);
    } catch (error) {
      await settings.group.stopTier(TIERS.processes);
      const areFree = await Promise.all([ports.api, ports.worker].map(({ port }) => isPortFree(port)));
      if (attempt === PORT_ATTEMPTS || settings.signal.aborted || !areFree.includes(false)) throw error;
      settings.print('Another program took a port first; trying others.');
    }
  }
}

/** Whether no video is published. False when the API responds with an error. */
async function isEmpty(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ videos(first: 1) { nodes { id } } }' }),
  });
  return NO_VIDEOS.safeParse(await response.json()).success;
}

/** Ends the processes of an earlier run that was killed. */
async function endLeftovers({ dataDir, print }: StackSettings): Promise<void> {
  const kinds = { api: 'SIGTERM', worker: 'SIGTERM', redis: 'SIGTERM', postgres: 'SIGINT' } as const;
  for (const [kind, signal] of Object.entries(kinds)) {
    const pid = await endLeftover(getProcessFiles(dataDir, kind).pidPath, { signal, graceSeconds: 5 });
    if (pid !== null) print(`Ended process ${pid} (${kind}) from an earlier run.`);
  }
}

async function startOwnPostgres({ dataDir, group, signal }: StackSettings): Promise<string> {
  const password = await readOrCreateSecret(join(dataDir, 'secrets/postgres'));
  const dir = join(dataDir, 'postgres');
  const postgres = await startPostgres({
    dir,
    port: () => findFreePort(PORTS.postgres),
    password,
    ...getProcessFiles(dataDir, 'postgres'),
    onStart: child => group.add(TIERS.postgres, child),
    signal,
  });
  const admin = postgres.url('postgres');
  if (!(await hasDatabase(admin, DATABASE))) await createDatabase(admin, DATABASE);
  return postgres.url(DATABASE);
}

async function startOwnRedis({ dataDir, env, group, signal }: StackSettings): Promise<string> {
  const port = await findFreePort(PORTS.redis);
  const password = await readOrCreateSecret(join(dataDir, 'secrets/redis'));
  const program = findProgram('redis-server', env.PATH);
  const dir = join(dataDir, 'redis');
  const redis = await startRedis({
    program,
    dir,
    port,
    password,
    ...getProcessFiles(dataDir, 'redis'),
    onStart: child => group.add(TIERS.redis, child),
    signal,
  });
  return redis.url;
}

async function choosePorts(env: StackSettings['env']) {
  const api = await choosePort('API_PORT', env.API_PORT, PORTS.api);
  const worker = await choosePort('WORKER_PORT', env.WORKER_PORT, PORTS.worker, new Set([api.port]));
  return { api, worker };
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
