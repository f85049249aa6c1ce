// Makes a fresh clone runnable. Plain JavaScript for Node 20.11 without dependencies, as it runs before the
// installation.
import { hasErrorCode } from './process/system-errors.mjs';
import { killPrograms } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

// The terminal sends Ctrl-C to the whole group and npm forwards it, so one press arrives twice.
const ONE_PRESS_MS = 500;

const interrupt = new AbortController();
/** @type {NodeJS.Signals | undefined} */
let received;
let receivedAt = 0;
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => {
    if (received === undefined) {
      received = name;
      receivedAt = performance.now();
      console.log('\nsetup: stopping after the current step; press Ctrl-C again to stop immediately.');
      interrupt.abort(new Error('setup was interrupted'));
    } else if (performance.now() - receivedAt > ONE_PRESS_MS) {
      killPrograms();
      process.exit(130);
    }
  });
}
// A closed terminal must not end setup before its children.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupt.abort());

try {
  await setUp({
    forTests: process.argv.includes('--tests'),
    forDeploy: process.argv.includes('--deploy'),
    signal: interrupt.signal,
  });
} catch (error) {
  if (!interrupt.signal.aborted) {
    console.error(`Setup failed: ${error instanceof Error ? error.message : error}`);
    if (hasErrorCode(error, 'EACCES'))
      console.error('Another user may own the file, for example after a start with sudo.');
    process.exitCode = 1;
  }
}

if (interrupt.signal.aborted) {
  console.log('setup: stopped; the next start continues from here.');
  // npm prints the shortest error for a script that a signal ended.
  const last = received ?? 'SIGTERM';
  process.removeAllListeners(last);
  process.kill(process.pid, last);
}
