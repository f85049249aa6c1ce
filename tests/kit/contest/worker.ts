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
import { BUMPERS_DIR } from '../run/bumpers-dir.ts';
import { collectLogLines } from '../services/log-lines.ts';

const MAIN = join(import.meta.dirname, '../../../worker/main.ts');

/** A worker that runs as a separate process. */
export interface TestWorker {
  pid: number;
  url: string;
  /** Returns the log lines so far, parsed from JSON. */
  log(): Record<string, unknown>[];
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code when the process ends. */
  ended: Promise<number | null>;
  /** Sends SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts a worker for an app and resolves once it is healthy. `settings` are environment variables. */
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
      BUMPERS_DIR,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The run's clean-up ends the process even if the test file crashes.
  const pidPath = join(runDir, `worker-${port}.service.pid`);
  if (child.pid !== undefined) writePidFile(pidPath, child.pid);
  child.once('exit', () => rmSync(pidPath, { force: true }));
  const log = collectLogLines(child.stdout);
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
