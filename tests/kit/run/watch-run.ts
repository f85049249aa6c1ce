import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Starts a process that removes a run's folder and stops the servers with a `*.service.pid` in it. The
 * process does so when this process ends for any reason, or when the returned function is called.
 */
export function watchRun(runDir: string): () => Promise<void> {
  const watcher = spawn(process.execPath, [join(import.meta.dirname, 'remove-run.ts'), runDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const exit = once(watcher, 'exit');
  watcher.unref();
  return async () => {
    watcher.ref();
    watcher.stdin.end();
    await exit;
  };
}
