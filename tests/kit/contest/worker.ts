import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { writePidFile } from '../../../scripts/process/pid-file.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import type { App } from '../api/app.ts';
import { readLogLines } from '../services/log-lines.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'worker/main.ts');
/** Where the local stack keeps them too: named by what they were made of, so that nobody finds the wrong ones. */
const BUMPERS = join(ROOT, '.data/bumpers');

/** The worker as a process of its own. */
export interface TestWorker {
  pid: number;
  url: string;
  /** What it has logged so far, a JSON object a line. */
  log(): Record<string, unknown>[];
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, with its exit code. */
  ended: Promise<number | null>;
  /** Stops it as an operator would; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a worker for an app and resolves once it takes jobs. `settings` are environment variables. */
export async function startWorker(
  app: Pick<App, 'processEnv'>,
  settings: Record<string, string> = {},
): Promise<TestWorker> {
  const port = await anyFreePort();
  const { runDir } = inject('services');
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      ...app.processEnv,
      LOG_LEVEL: 'info',
      WORKER_HOST: '127.0.0.1',
      WORKER_PORT: String(port),
      WORKER_CONCURRENCY: '2',
      WORKER_TEMP_DIR: await mkdtemp(join(runDir, 'worker-')),
      BUMPERS_DIR: BUMPERS,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Ends with the run, also when the test file does not get to stop it.
  const pidPath = join(runDir, `worker-${port}.service.pid`);
  if (child.pid !== undefined) writePidFile(pidPath, child.pid);
  child.once('exit', () => rmSync(pidPath, { force: true }));
  const log = readLogLines(child.stdout);
  const ended = once(child, 'exit').then(() => child.exitCode);
  const url = `http://${settings.WORKER_HOST ?? '127.0.0.1'}:${port}`;
  const healthy = async () => {
    if (child.exitCode !== null)
      throw new Error(`The worker ended with ${child.exitCode}: ${JSON.stringify(log())}`);
    return fetch(`${url}/health`).then(
      response => response.ok,
      () => false,
    );
  };
  try {
    await waitUntil('the worker is healthy', healthy, { deadlineSeconds: 50 });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    pid: child.pid ?? Number.NaN,
    url,
    log,
    kill: signal => child.kill(signal),
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
