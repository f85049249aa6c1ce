import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { untilAborted } from '../src/platform/concurrency/until-aborted.ts';
import { withSettingFiles } from '../src/setting-files.ts';
import { ChildGroup } from './process/child-group.ts';
import { takeStartLock } from './process/start-lock.mjs';
import { withTools } from './stack/find-program.ts';
import { startLocalStack } from './stack/local-stack.ts';

const ROOT = join(import.meta.dirname, '..');
// Compilation takes a quarter of a start without the cache. npm ci empties the folder.
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/node');
// The terminal sends Ctrl-C to the whole group and npm forwards it, so one press arrives twice.
const ONE_PRESS_MS = 500;
const PARENT_INTERVAL_MS = 500;

const EMPTY_HINT = ' No clip is published yet: run npm run seed in another terminal for a demo contest.';

const group = new ChildGroup();
const interrupt = new AbortController();
// A closed terminal must not prevent the orderly stop.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupt.abort());

let firstPressAt = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupt.signal.aborted) {
      firstPressAt = performance.now();
      console.log('\nStopping; press Ctrl-C again to kill all processes immediately.');
      interrupt.abort();
    } else if (performance.now() - firstPressAt > ONE_PRESS_MS) {
      group.kill();
      process.exit(130);
    }
  });
}

// This process gets no signal when npm is killed or its terminal is closed.
if (process.env.npm_lifecycle_event !== undefined) {
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && interrupt.abort(), PARENT_INTERVAL_MS).unref();
}

try {
  const settings = readSettings();
  const dataDir = resolve(ROOT, settings.DATA_DIR ?? '.data');
  const releaseLock = takeStartLock(join(dataDir, 'run/start.pid'));
  try {
    const { isEmpty } = await startLocalStack({
      dataDir,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...settings, PATH: withTools(settings.PATH) },
      watch: process.argv.includes('--watch'),
      group,
      signal: interrupt.signal,
      print: line => console.log(line),
    });
    console.log(`Ready. Ctrl-C stops everything.${isEmpty ? EMPTY_HINT : ''}`);
    throw new Error(await untilAborted(interrupt.signal, group.unexpectedEnd));
  } finally {
    await group.stop();
    rmSync(join(dataDir, 'stack.json'), { force: true });
    releaseLock();
  }
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
  // Compose and shells pass an unset variable as an empty one.
  return Object.fromEntries(
    Object.entries(withSettingFiles(process.env)).filter(([, value]) => value !== ''),
  );
}
