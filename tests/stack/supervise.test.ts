import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { type Child, startChild, untilReady } from '../../scripts/process/child.ts';
import { ChildGroup } from '../../scripts/process/child-group.ts';
import { supervise } from '../../scripts/process/supervise.ts';
import { waitUntil } from '../../scripts/process/wait-until.mjs';

const within = { deadlineSeconds: 20 };

/** Starts a program of a few lines, which counts as started once it sends its message. */
async function start(dir: string, code: string, appends = false): Promise<Child> {
  return startChild({
    name: 'Program',
    command: process.execPath,
    args: ['-e', code],
    env: process.env,
    logPath: join(dir, 'program.log'),
    pidPath: join(dir, 'program.pid'),
    startedMessage: 'started',
    appends,
    stop: { signal: 'SIGTERM', graceSeconds: 5 },
  });
}

const newFolder = () => mkdtemp(join(inject('services').runDir, 'supervised-'));

test('a process that ended is not ready when another process responds at its address', async () => {
  const child = await start(
    await newFolder(),
    'setTimeout(() => { throw new Error("its port is taken") }, 300)',
  );
  const respondsOk = async () => true;
  await expect(untilReady(child, respondsOk, within)).rejects.toThrow(
    /Program ended: exit code 1.*its port is taken/s,
  );
});

test('a process that keeps ending restarts with a growing delay, and prints the reason in one line', async () => {
  const dir = await newFolder();
  const group = new ChildGroup();
  onTestFinished(() => group.stop());
  const lines: string[] = [];
  const healthy = 'process.send("started"); setInterval(() => undefined, 1000)';
  const broken = 'throw new TypeError("a bug")';
  const first = await supervise({
    name: 'Program',
    group,
    tier: 0,
    print: line => lines.push(line),
    start: ({ again }) => start(dir, again ? broken : healthy, again),
    untilReady: child => untilReady(child, async () => true, within),
  });
  await rm(join(dir, 'program.log'));
  first.kill();
  await waitUntil('three ends of the program', () => lines.length === 3, within);
  expect(lines).toEqual([
    'Program   ended with SIGKILL; starts again in 1 s',
    'Program   ended with exit code 1; starts again in 2 s (TypeError: a bug)',
    'Program   ended with exit code 1; starts again in 4 s (TypeError: a bug)',
  ]);
  await group.stop();
  expect(first.hasEnded()).toBe(true);
});
