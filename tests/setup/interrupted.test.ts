import { execFile, spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { readCommandLine, signalProcess } from '../../scripts/process/process-table.mjs';
import { findProblem } from '../../scripts/setup/packages.mjs';
import { type Clone, cloneWorkingTree, getHostPath, type Run } from './clone.ts';
import { FEW_PACKAGES } from './few-packages.ts';

/** The point and the signal of an interruption. */
interface Interruption {
  point: string;
  isReached: (clone: Clone, setup: Run) => boolean;
  /**
   * `Ctrl-C` reaches npm and setup; the other signals reach setup alone, as from a service manager or the OOM
   * killer.
   */
  by: 'Ctrl-C' | 'SIGTERM' | 'SIGKILL';
}

const INTERRUPTIONS: readonly Interruption[] = [
  { point: 'with the lock just taken', isReached: hasCreated('.data/run/setup.pid'), by: 'SIGKILL' },
  { point: 'before npm unpacks', isReached: (_, setup) => setup.output().includes('1/'), by: 'Ctrl-C' },
  { point: 'while npm unpacks', isReached: hasCreated('node_modules/*'), by: 'SIGTERM' },
  { point: 'while npm unpacks, which goes on', isReached: hasCreated('node_modules/*'), by: 'SIGKILL' },
  {
    point: 'when npm has just finished',
    isReached: hasCreated('node_modules/.package-lock.json'),
    by: 'SIGKILL',
  },
  { point: 'while apt reads its lists', isReached: hasCreated('.tools/work/lists/partial/*'), by: 'Ctrl-C' },
  { point: 'once apt has read its lists', isReached: hasCreated('.tools/work/lists/*_*'), by: 'SIGKILL' },
  { point: 'once packages are fetched', isReached: hasCreated('.tools/work/debs/*.deb'), by: 'SIGTERM' },
  {
    point: 'at the first bumper',
    isReached: hasCreated('.data/bumpers/.preparing-*/opening.mp4'),
    by: 'Ctrl-C',
  },
  {
    point: 'at the second bumper',
    isReached: hasCreated('.data/bumpers/.preparing-*/closing.mp4'),
    by: 'SIGKILL',
  },
];

const OWN_MOUNTS = ['unshare', '--mount', '--map-root-user'];
/** False in a container that forbids namespaces. */
const canMount = spawnSync('env', [...OWN_MOUNTS, 'true']).status === 0;

const FIRST_APT_POINT = INTERRUPTIONS.findIndex(({ point }) => point.includes('apt'));

/** Checks whether this run of setup, and not an earlier one, has created a file. */
function hasCreated(pattern: string): Interruption['isReached'] {
  return ({ dir }, { startedAt }) =>
    globSync(join(dir, pattern)).some(
      path => (statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0) > startedAt,
    );
}

test('setup resumes after an interruption at any of ten places, and leaves no process', async () => {
  const clone = await cloneWorkingTree({ packages: FEW_PACKAGES });
  const path = await pathWithout('nginx');
  const options = { args: ['--deploy'], path };
  for (const [index, { point, isReached, by }] of INTERRUPTIONS.entries()) {
    // Without apt at first: running beside npm, apt would end before its own points.
    const args = index < FIRST_APT_POINT ? [] : options.args;
    const setup = clone.setup(index % 2 === 0 ? 'npm-11' : 'npm-10', { args, path });
    await setup.until(point, () => isReached(clone, setup));
    if (by === 'Ctrl-C') setup.press('SIGINT');
    else signalProcess(setup.pid(), by);
    expect(await setup.ended, point).not.toBe(0);
    if (by === 'SIGKILL') continue;
    expect(setup.output(), point).toContain('the next start continues from here');
    expect(findProcesses(clone), point).toEqual([]);
  }

  const [first, second] = [clone.setup('npm-10', options), clone.setup('npm-11', options)];
  expect([await first.ended, await second.ended], first.output() + second.output()).toEqual([0, 0]);
  expect(first.output() + second.output()).toContain('another setup is running here');
  expect(findProblem(clone.dir)).toBeNull();
  await promisify(execFile)(clone.path('.tools/bin/nginx'), ['-v']);
  const bumpers = readdirSync(clone.path('.data/bumpers')).filter(name => !name.startsWith('.'));
  expect(bumpers).toHaveLength(1);
  expect(findProcesses(clone)).toEqual([]);
});

test.runIf(canMount)('setup resumes after a full disk once there is room', async () => {
  const clone = await cloneWorkingTree({ packages: FEW_PACKAGES, withBumpers: true });
  const modules = clone.path('node_modules');
  await mkdir(modules);
  // A small disk in a private mount namespace, which grows between the two runs.
  const twice = `mount -t tmpfs -o size=20m tmpfs ${modules}
    "$@" && exit 9
    mount -o remount,size=1g ${modules}
    exec "$@"`;
  const wrap = [...OWN_MOUNTS, 'sh', '-c', twice, 'sh'];
  const setup = clone.setup('npm-11', { wrap });
  expect(await setup.ended, setup.output()).toBe(0);
  expect(setup.output()).toMatch(/ENOSPC|no space left/i);
});

/** Returns the command lines of processes that run in a clone. */
function findProcesses({ dir }: Clone): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(pid => readCommandLine(Number(pid))).filter(line => line.includes(dir));
}

/**
 * Returns the host's PATH without one program, and with a stub of promtool, which this test does not need.
 */
async function pathWithout(program: string): Promise<string> {
  const { runDir } = inject('services');
  const stubs = await mkdtemp(join(runDir, 'path-'));
  await writeFile(join(stubs, 'promtool'), '#!/bin/sh\n', { mode: 0o755 });
  const folders = getHostPath().split(delimiter);
  const without = folders.map(async folder => {
    if (!existsSync(join(folder, program))) return folder;
    const copy = await mkdtemp(join(runDir, 'path-'));
    const others = readdirSync(folder).filter(name => name !== program);
    await Promise.all(others.map(name => symlink(join(folder, name), join(copy, name))));
    return copy;
  });
  return [stubs, ...(await Promise.all(without))].join(delimiter);
}
