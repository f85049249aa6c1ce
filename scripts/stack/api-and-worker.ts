import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { STARTED } from '../../src/run-process.ts';
import { startChild, untilReady } from '../process/child.ts';
import { followProblems } from '../process/follow-problems.ts';
import { supervise } from '../process/supervise.ts';
import { readOrCreateSecret } from './secret.ts';
import { formatRow, getProcessFiles, type StackSettings, TIERS } from './stack-settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const READY_SECONDS = 60;

/**
 * Starts API and worker, waits until both are ready and writes their addresses to `stack.json` in the data
 * folder.
 */
export async function startApiAndWorker(
  settings: StackSettings,
  { api, worker }: Record<'api' | 'worker', { port: number; note: string | null }>,
  stores: { DATABASE_URL: string; REDIS_URL: string },
): Promise<{ apiUrl: string }> {
  const { dataDir, env, watch } = settings;
  const apiUrl = toLocalUrl(env.API_HOST, api.port);
  const workerUrl = toLocalUrl(env.WORKER_HOST, worker.port);
  const shared = {
    STORAGE_DIR: join(dataDir, 'uploads'),
    BUMPERS_DIR: join(dataDir, 'bumpers'),
    // Not the system's temporary folder, where another account may own a folder of that name.
    WORKER_TEMP_DIR: join(dataDir, 'temp'),
    PUBLIC_URL: apiUrl,
    AUTH_SECRET: await readOrCreateSecret(join(dataDir, 'secrets/auth')),
    // No load balancer checks the readiness.
    SHUTDOWN_NOTICE_SECONDS: '0',
    // A developer waits for the restart after saving a file; a running encode returns to the queue.
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
  /** The path that responds with 200 once the process is ready. */
  ready: string;
  /** The printed path, if different. */
  shown?: string;
  note: string | null;
}

/** Starts one of the two, prints its address once it is ready, and keeps it running. */
async function startNode(
  { dataDir, watch, group, signal, print }: StackSettings,
  { name, kind, main, url, ready, shown = ready, note }: NodeProcess,
  env: StackSettings['env'],
): Promise<void> {
  const files = getProcessFiles(dataDir, kind);
  // A watched process may have an error in its code for any length of time.
  const limits = { deadlineSeconds: watch ? Number.POSITIVE_INFINITY : READY_SECONDS, signal };
  await supervise({
    name,
    group,
    print,
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
        // In watch mode the started process is the watcher, which sends no message.
        ...(!watch && { startedMessage: STARTED }),
        stop: { signal: 'SIGTERM', graceSeconds: graceSeconds(env) },
      });
      const follow = { plain: watch, fromByte };
      const log = followProblems(files.logPath, follow, sentence => print(formatRow(name, sentence)));
      void child.ended.then(() => log.close());
      return child;
    },
    untilReady: child => untilReady(child, () => isOk(`${url}${ready}`), limits),
  });
  print(formatRow(name, `${url}${shown}`, note, logNote(files)));
}

/** Returns the URL, on this machine, of a server that listens on `host`. */
function toLocalUrl(host: string | undefined, port: number): string {
  const isLocal = host === undefined || ['0.0.0.0', '::', '127.0.0.1'].includes(host);
  return `http://${isLocal ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The grace period of API and worker, plus five seconds. */
const graceSeconds = (env: StackSettings['env']) => Number(env.SHUTDOWN_GRACE_SECONDS ?? 25) + 5;

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // The process does not listen yet; the error's code depends on the system.
    return false;
  }
}

function logNote({ logPath }: { logPath: string }): string {
  const path = relative(ROOT, logPath);
  return `log: ${path.startsWith('..') ? logPath : path}`;
}
