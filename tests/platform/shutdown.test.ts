import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { collectLogLines } from '../kit/services/log-lines.ts';

const PROCESS = join(import.meta.dirname, 'stubborn-process.ts');
const within = { deadlineSeconds: 20 };

/** Starts a process whose shutdown never ends by itself. */
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
  const lines = collectLogLines(child.stdout);
  const hasLogged = (message: string) => () => lines().some(({ msg }) => msg === message);
  return { child, lines, hasLogged, ended: once(child, 'close') };
}

test('a process exits with 1 when its shutdown exceeds the grace period', async () => {
  const { child, hasLogged, ended } = startStubborn(1);
  await waitUntil('started process', hasLogged('started'), within);
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(hasLogged('could not stop in time')()).toBe(true);
});

test('a second signal ends a process immediately with 1', async () => {
  const { child, hasLogged, ended } = startStubborn(600);
  await waitUntil('started process', hasLogged('started'), within);
  child.kill('SIGTERM');
  await waitUntil('stopping process', hasLogged('stopping'), within);
  child.kill('SIGINT');
  expect(await ended).toEqual([1, null]);
  expect(hasLogged('could not stop in time')()).toBe(false);
});

test('an uncaught error ends a process with 1 and is logged', async () => {
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
