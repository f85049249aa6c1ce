import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import type { App } from './app.ts';

const MAIN = join(import.meta.dirname, '../../worker/main.ts');

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
export async function startWorker(app: App, settings: Record<string, string> = {}): Promise<TestWorker> {
  const port = await anyFreePort();
  const { runDir } = inject('services');
  const lines: string[] = [];
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      ...app.processEnv,
      LOG_LEVEL: 'info',
      WORKER_HOST: '127.0.0.1',
      WORKER_PORT: String(port),
      WORKER_CONCURRENCY: '2',
      WORKER_TEMP_DIR: await mkdtemp(join(runDir, 'worker-')),
      BUMPERS_DIR: join(runDir, 'bumpers'),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const ended = once(child, 'exit').then(() => child.exitCode);
  const url = `http://127.0.0.1:${port}`;
  const healthy = async () => {
    if (child.exitCode !== null) throw new Error(`The worker ended: ${lines.join('')}`);
    return fetch(`${url}/health`).then(
      response => response.ok,
      () => false,
    );
  };
  await waitUntil('the worker is healthy', healthy, { deadlineSeconds: 25 });
  return {
    pid: child.pid ?? Number.NaN,
    url,
    log: () =>
      lines
        .join('')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
    kill: signal => child.kill(signal),
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
