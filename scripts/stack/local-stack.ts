import { join } from 'node:path';
import { z } from 'zod';
import { endLeftover } from '../process/pid-file.mjs';
import { startApiAndWorker } from './api-and-worker.ts';
import { createDatabase, hasDatabase } from './databases.ts';
import { migrateDatabase } from './migrate-database.ts';
import { choosePort, findFreePort, isPortFree } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { readOrCreateSecret } from './secret.ts';
import { filesOf, row, type StackSettings, TIERS } from './stack-settings.ts';
import { findProgram } from './tools.ts';

const PORTS = { postgres: 54_320, redis: 54_420, api: 8000, worker: 8001 };
const DATABASE = 'anb';
const PORT_TRIES = 3;
const NO_VIDEOS = z.object({ data: z.object({ videos: z.object({ nodes: z.tuple([]) }) }) });

/**
 * Starts Postgres and Redis where their addresses are not given, brings the schema up to date, then starts API and
 * worker, and says of each where it is once it is ready. `stack.json` in the data folder holds the addresses.
 * `isEmpty`: no video is published.
 *
 * @throws when something can't start; what has started by then is in the group.
 */
export async function startLocalStack(settings: StackSettings): Promise<{ isEmpty: boolean }> {
  const { env, signal, say } = settings;
  await endLeftovers(settings);
  // Before the slow steps: a port that can't be had is the likeliest reason to start again.
  await choosePorts(env);

  const databaseUrl = env.DATABASE_URL ?? (await startOwnPostgres(settings));
  say(row('Postgres', withoutPassword(databaseUrl), env.DATABASE_URL ? 'yours, by DATABASE_URL' : null));
  signal.throwIfAborted();

  const redisUrl = env.REDIS_URL ?? (await startOwnRedis(settings));
  say(row('Redis', withoutPassword(redisUrl), env.REDIS_URL ? 'yours, by REDIS_URL' : null));
  signal.throwIfAborted();

  await migrateDatabase({ ...env, DATABASE_URL: databaseUrl });
  signal.throwIfAborted();
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const { apiUrl } = await startOnFreePorts(settings, stores);
  return { isEmpty: await isEmpty(apiUrl) };
}

/** Starts API and worker; once more when another program was faster to take a port that was free. */
async function startOnFreePorts(
  settings: StackSettings,
  stores: Parameters<typeof startApiAndWorker>[2],
): Promise<{ apiUrl: string }> {
  for (let tries = 1; ; tries++) {
    const ports = await choosePorts(settings.env);
    try {
      return await startApiAndWorker(settings, ports, stores);
    } catch (error) {
      await settings.group.stopTier(TIERS.processes);
      const areFree = await Promise.all([ports.api, ports.worker].map(({ port }) => isPortFree(port)));
      if (tries === PORT_TRIES || settings.signal.aborted || !areFree.includes(false)) throw error;
      settings.say('Another program took a port first; trying others.');
    }
  }
}

/** Whether a visitor would see no video. False when the API would not say. */
async function isEmpty(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ videos(first: 1) { nodes { id } } }' }),
  });
  return NO_VIDEOS.safeParse(await response.json()).success;
}

/** Ends what an earlier run could not, because it was killed. */
async function endLeftovers({ dataDir, say }: StackSettings): Promise<void> {
  const kinds = { api: 'SIGTERM', worker: 'SIGTERM', redis: 'SIGTERM', postgres: 'SIGINT' } as const;
  for (const [kind, signal] of Object.entries(kinds)) {
    const pid = await endLeftover(filesOf(dataDir, kind).pidPath, { signal, graceSeconds: 5 });
    if (pid !== null) say(`Ended process ${pid} (${kind}), left behind by an earlier run.`);
  }
}

async function startOwnPostgres({ dataDir, group, signal }: StackSettings): Promise<string> {
  const password = await readOrCreateSecret(join(dataDir, 'secrets/postgres'));
  const dir = join(dataDir, 'postgres');
  const postgres = await startPostgres({
    dir,
    port: () => findFreePort(PORTS.postgres),
    password,
    ...filesOf(dataDir, 'postgres'),
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
    ...filesOf(dataDir, 'redis'),
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
