// Makes a fresh clone runnable. Plain JavaScript for Node 20.11, without a dependency: it runs before anything is installed.
import { killPrograms } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

// npm passes a Ctrl-C on that the terminal has sent to everybody already: one press arrives twice.
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
      console.log('\nsetup: stopping, as soon as that leaves nothing half done; Ctrl-C again stops at once.');
      interrupt.abort(new Error('setup was interrupted'));
    } else if (performance.now() - receivedAt > ONE_PRESS_MS) {
      killPrograms();
      process.exit(130);
    }
  });
}
// A terminal that was closed must not end setup before its children.
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
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      console.error('Does it belong to another user, as after a start with sudo?');
    process.exitCode = 1;
  }
}

if (interrupt.signal.aborted) {
  console.log('setup: stopped; the next start goes on from here.');
  // npm says least about a script that the signal itself has ended.
  const last = received ?? 'SIGTERM';
  process.removeAllListeners(last);
  process.kill(process.pid, last);
}
