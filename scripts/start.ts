import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withSettingFiles } from '../src/platform/setting-files.ts';
import { ChildGroup } from './stack/child-group.ts';
import { startLocalStack } from './stack/local-stack.ts';
import { takeStartLock } from './stack/start-lock.mjs';
import { withTools } from './stack/tools.ts';

const ROOT = join(import.meta.dirname, '..');
// npm passes a Ctrl-C on that the terminal has sent to everybody already: one press arrives twice.
const ONE_PRESS_MS = 500;

const group = new ChildGroup();
const interrupt = new AbortController();
// A terminal that was closed must not keep the rest from being stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupt.abort());

let firstPressAt = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupt.signal.aborted) {
      firstPressAt = performance.now();
      console.log('\nStopping; Ctrl-C again ends everything at once.');
      interrupt.abort();
    } else if (performance.now() - firstPressAt > ONE_PRESS_MS) {
      group.kill();
      process.exit(130);
    }
  });
}

try {
  const given = readSettings();
  const dataDir = resolve(ROOT, given.DATA_DIR ?? '.data');
  const releaseLock = takeStartLock(join(dataDir, 'run/start.pid'));
  try {
    await startLocalStack({
      dataDir,
      env: { ...given, PATH: withTools(given.PATH) },
      watch: process.argv.includes('--watch'),
      group,
      signal: interrupt.signal,
      say: line => console.log(line),
    });
    console.log('Ready. Ctrl-C stops everything.');
    const aborted = new Promise<null>(done => interrupt.signal.addEventListener('abort', () => done(null)));
    const ending = await Promise.race([group.unexpectedEnd, aborted]);
    if (ending !== null) throw new Error(ending);
  } finally {
    await group.stop();
    rmSync(join(dataDir, 'stack.json'), { force: true });
    releaseLock();
  }
  console.log('Stopped.');
} catch (error) {
  if (interrupt.signal.aborted) console.log('Stopped.');
  else {
    for (let cause = error; cause instanceof Error; cause = cause.cause) console.error(cause.message);
    process.exitCode = 1;
  }
}

function readSettings(): Record<string, string | undefined> {
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  // An empty variable is how Compose and shells spell "unset".
  return Object.fromEntries(
    Object.entries(withSettingFiles(process.env)).filter(([, value]) => value !== ''),
  );
}
