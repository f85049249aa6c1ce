import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Child, startChild, untilReady } from './child.ts';
import { followTrouble } from './follow-log.ts';
import { readOrCreateSecret } from './secret.ts';
import { filesOf, row, type StackSettings, TIERS } from './stack-settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const READY_SECONDS = 60;

/** Starts both, waits until they are ready and leaves their addresses in `stack.json` of the data folder. */
export async function startApiAndWorker(
  settings: StackSettings,
  { api, worker }: Record<'api' | 'worker', { port: number; note: string | null }>,
  stores: { DATABASE_URL: string; REDIS_URL: string },
): Promise<void> {
  const { dataDir, env, watch, signal, say } = settings;
  const apiUrl = `http://localhost:${api.port}`;
  const workerUrl = `http://localhost:${worker.port}`;
  const shared = {
    STORAGE_DIR: join(dataDir, 'uploads'),
    BUMPERS_DIR: join(dataDir, 'bumpers'),
    // Not the system's temporary folder, where the name may be another account's already.
    WORKER_TEMP_DIR: join(dataDir, 'temp'),
    PUBLIC_URL: apiUrl,
    AUTH_SECRET: await readOrCreateSecret(join(dataDir, 'secrets/auth')),
    // Nobody asks whether it is ready.
    SHUTDOWN_NOTICE_SECONDS: '0',
    // A developer who has saved a file waits for the restart; a video under way is handed back to the queue.
    ...(watch && { SHUTDOWN_GRACE_SECONDS: '2' }),
    ...env,
    ...stores,
    NODE_ENV: 'development',
    API_PORT: String(api.port),
    WORKER_PORT: String(worker.port),
  };
  const apiProcess = await startNode(settings, 'API', 'api', 'src/server/main.ts', shared);
  const workerProcess = await startNode(settings, 'Worker', 'worker', 'worker/main.ts', shared);
  // A file that can't run yet is a normal state of a watched process.
  const limits = { deadlineSeconds: watch ? Number.POSITIVE_INFINITY : READY_SECONDS, signal };
  await untilReady(apiProcess, () => isOk(`${apiUrl}/ready`), limits);
  say(row('API', `${apiUrl}/graphql`, api.note, logNote(apiProcess)));
  await untilReady(workerProcess, () => isOk(`${workerUrl}/health`), limits);
  say(row('Worker', `${workerUrl}/health`, worker.note, logNote(workerProcess)));
  const addresses = JSON.stringify({ ...stores, apiUrl, workerUrl });
  await writeFile(join(dataDir, 'stack.json'), addresses, { mode: 0o600 });
}

async function startNode(
  { dataDir, watch, group, say }: StackSettings,
  name: string,
  kind: string,
  main: string,
  env: StackSettings['env'],
): Promise<Child> {
  const files = filesOf(dataDir, kind);
  const child = await startChild({
    name,
    command: process.execPath,
    args: [...(watch ? ['--watch', '--watch-preserve-output'] : []), main],
    env,
    cwd: ROOT,
    ...files,
    stop: { signal: 'SIGTERM', graceSeconds: graceSeconds(env) },
  });
  group.add(TIERS.processes, child);
  const log = followTrouble(files.logPath, { plain: watch }, sentence => say(row(name, sentence)));
  void child.ended.then(() => log.close());
  return child;
}

/** How long the API and the worker may take to stop, as they decide it themselves, and a little more. */
const graceSeconds = (env: StackSettings['env']) => Number(env.SHUTDOWN_GRACE_SECONDS ?? 25) + 5;

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet, whatever way the system puts it.
    return false;
  }
}

function logNote({ logPath }: Child): string {
  const path = relative(ROOT, logPath);
  return `log: ${path.startsWith('..') ? logPath : path}`;
}
