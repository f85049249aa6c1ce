import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Has a run's folder removed, and the servers ended that left their `*.service.pid` in it, once this process has ended
 * however that came, or when the returned function is called.
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
