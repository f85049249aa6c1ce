import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { STARTED } from '../../src/platform/process/run-process.ts';
import { startChild, untilReady } from '../process/child.ts';
import { followTrouble } from '../process/follow-log.ts';
import { supervise } from '../process/supervise.ts';
import { readOrCreateSecret } from './secret.ts';
import { filesOf, row, type StackSettings, TIERS } from './stack-settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const READY_SECONDS = 60;

/** Starts both, waits until they are ready and leaves their addresses in `stack.json` of the data folder. */
export async function startApiAndWorker(
  settings: StackSettings,
  { api, worker }: Record<'api' | 'worker', { port: number; note: string | null }>,
  stores: { DATABASE_URL: string; REDIS_URL: string },
): Promise<{ apiUrl: string }> {
  const { dataDir, env, watch } = settings;
  const apiUrl = urlOf(env.API_HOST, api.port);
  const workerUrl = urlOf(env.WORKER_HOST, worker.port);
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
  const processes = [
    {
      name: 'API',
      kind: 'api',
      main: 'server/main.ts',
      url: apiUrl,
      ready: '/ready',
      shown: '/graphql',
      ...api,
    },
    { name: 'Worker', kind: 'worker', main: 'worker/main.ts', url: workerUrl, ready: '/health', ...worker },
  ];
  await Promise.all(processes.map(each => startNode(settings, each, shared)));
  const addresses = JSON.stringify({ ...stores, apiUrl, workerUrl });
  await writeFile(join(dataDir, 'stack.json'), addresses, { mode: 0o600 });
  return { apiUrl };
}

interface NodeProcess {
  name: string;
  kind: string;
  main: string;
  url: string;
  /** Path that answers 200 once the process is ready. */
  ready: string;
  /** Path that people are shown, when it is another. */
  shown?: string;
  note: string | null;
}

/** Starts one of the two, says where it is once it is ready, and keeps it running. */
async function startNode(
  { dataDir, watch, group, signal, say }: StackSettings,
  { name, kind, main, url, ready, shown = ready, note }: NodeProcess,
  env: StackSettings['env'],
): Promise<void> {
  const files = filesOf(dataDir, kind);
  // A file that can't run yet is a normal state of a watched process.
  const limits = { deadlineSeconds: watch ? Number.POSITIVE_INFINITY : READY_SECONDS, signal };
  await supervise({
    name,
    group,
    say,
    tier: TIERS.processes,
    start: async ({ again }) => {
      const fromByte = again ? (statSync(files.logPath, { throwIfNoEntry: false })?.size ?? 0) : 0;
      const child = await startChild({
        name,
        command: process.execPath,
        args: [...(watch ? ['--watch', '--watch-preserve-output'] : []), main],
        env,
        cwd: ROOT,
        ...files,
        appends: again,
        // The parent of a watched process is the one that watches.
        ...(!watch && { startedMessage: STARTED }),
        stop: { signal: 'SIGTERM', graceSeconds: graceSeconds(env) },
      });
      const follow = { plain: watch, fromByte };
      const log = followTrouble(files.logPath, follow, sentence => say(row(name, sentence)));
      void child.ended.then(() => log.close());
      return child;
    },
    untilReady: child => untilReady(child, () => isOk(`${url}${ready}`), limits),
  });
  say(row(name, `${url}${shown}`, note, logNote(files)));
}

/** Where a server is reached from this machine that listens on `host`. */
function urlOf(host: string | undefined, port: number): string {
  const isHere = host === undefined || ['0.0.0.0', '::', '127.0.0.1'].includes(host);
  return `http://${isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
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

function logNote({ logPath }: { logPath: string }): string {
  const path = relative(ROOT, logPath);
  return `log: ${path.startsWith('..') ? logPath : path}`;
}
