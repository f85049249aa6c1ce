import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { writePidFile } from '../../../scripts/process/pid-file.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { collectLogLines } from '../services/log-lines.ts';
import type { App } from './app.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'server/main.ts');

/** An API that runs as a separate process and can receive signals. */
export interface ApiProcess extends AsyncDisposable {
  url: string;
  /** Returns the log lines so far, parsed from JSON; empty unless `LOG_LEVEL` is set. */
  log(): Record<string, unknown>[];
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code when the process ends. */
  ended: Promise<number | null>;
}

/**
 * Starts another API on an app's database, Redis and storage as a separate process; resolves once it is
 * ready.
 */
export async function startApiProcess(
  app: Pick<App, 'processEnv'>,
  settings: Record<string, string> = {},
): Promise<ApiProcess> {
  const port = await anyFreePort();
  const url = `http://${settings.API_HOST ?? '127.0.0.1'}:${port}`;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...app.processEnv, API_PORT: String(port), ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log = collectLogLines(child.stdout);
  // The run's clean-up ends the process even if the test file crashes.
  const pidPath = join(inject('services').runDir, `api-${port}.service.pid`);
  if (child.pid !== undefined) writePidFile(pidPath, child.pid);
  child.once('exit', () => rmSync(pidPath, { force: true }));
  const ended = once(child, 'exit').then(() => child.exitCode);
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error('The API ended before it was ready');
    return fetch(`${url}/ready`).then(
      response => response.ok,
      () => false,
    );
  };
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  try {
    await waitUntil('the API is ready', isReady, { deadlineSeconds: 50 });
  } catch (error) {
    kill('SIGKILL');
    throw error;
  }
  return {
    url,
    log,
    kill,
    ended,
    async [Symbol.asyncDispose]() {
      kill('SIGKILL');
      await ended;
    },
  };
}
