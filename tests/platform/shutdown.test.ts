import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { readLogLines } from '../kit/services/log-lines.ts';

const PROCESS = join(import.meta.dirname, 'stubborn-process.ts');
const within = { deadlineSeconds: 20 };

/** Starts a process whose stop never ends by itself. */
function startStubborn(graceSeconds: number, ...args: string[]) {
  const child = spawn(process.execPath, [PROCESS, ...args], {
    env: {
      NODE_ENV: 'test',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      LOG_LEVEL: 'info',
      DATABASE_URL: 'postgres://localhost/unused',
      REDIS_URL: 'redis://localhost',
      STORAGE_DIR: 'unused',
      SHUTDOWN_GRACE_SECONDS: String(graceSeconds),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = readLogLines(child.stdout);
  const says = (message: string) => () => lines().some(({ msg }) => msg === message);
  return { child, lines, says, ended: once(child, 'close') };
}

test('a stop that does not end within the grace is given up, with 1', async () => {
  const { child, says, ended } = startStubborn(1);
  await waitUntil('it runs', says('started'), within);
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(says('could not stop in time')()).toBe(true);
});

test('a second signal ends it at once, with 1', async () => {
  const { child, says, ended } = startStubborn(600);
  await waitUntil('it runs', says('started'), within);
  child.kill('SIGTERM');
  await waitUntil('it stops', says('stopping'), within);
  child.kill('SIGINT');
  expect(await ended).toEqual([1, null]);
  expect(says('could not stop in time')()).toBe(false);
});

test('an error that nobody caught ends it with 1, and is in the log', async () => {
  const { lines, ended } = startStubborn(600, '--throw');
  expect(await ended).toEqual([1, null]);
  expect(lines()).toContainEqual(
    expect.objectContaining({
      level: 'fatal',
      origin: 'uncaughtException',
      err: expect.objectContaining({ message: 'unforeseen' }),
    }),
  );
});
