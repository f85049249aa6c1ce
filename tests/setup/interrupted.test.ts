import { execFile, spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { commandLine, signalProcess } from '../../scripts/process/process-table.mjs';
import { findProblem } from '../../scripts/setup/packages.mjs';
import { type Clone, cloneHere, hostPath, type Run } from './clone.ts';
import { FEW_PACKAGES } from './few-packages.ts';

/** Where setup is struck, and how. */
interface Strike {
  place: string;
  isReached: (clone: Clone, setup: Run) => boolean;
  /** `Ctrl-C` reaches npm and setup; the others reach setup alone, as from a service manager or out of memory. */
  by: 'Ctrl-C' | 'SIGTERM' | 'SIGKILL';
}

const STRIKES: readonly Strike[] = [
  { place: 'with the lock just taken', isReached: made('.data/run/setup.pid'), by: 'SIGKILL' },
  { place: 'before npm unpacks', isReached: (_, setup) => setup.output().includes('1/'), by: 'Ctrl-C' },
  { place: 'while npm unpacks', isReached: made('node_modules/*'), by: 'SIGTERM' },
  { place: 'while npm unpacks, which goes on', isReached: made('node_modules/*'), by: 'SIGKILL' },
  { place: 'when npm has just finished', isReached: made('node_modules/.package-lock.json'), by: 'SIGKILL' },
  { place: 'while apt reads its lists', isReached: made('.tools/work/lists/partial/*'), by: 'Ctrl-C' },
  { place: 'once apt has read its lists', isReached: made('.tools/work/lists/*_*'), by: 'SIGKILL' },
  { place: 'once packages are fetched', isReached: made('.tools/work/debs/*.deb'), by: 'SIGTERM' },
  { place: 'at the first bumper', isReached: made('.data/bumpers/.preparing-*/opening.mp4'), by: 'Ctrl-C' },
  { place: 'at the second bumper', isReached: made('.data/bumpers/.preparing-*/closing.mp4'), by: 'SIGKILL' },
];

const OWN_MOUNTS = ['unshare', '--mount', '--map-root-user'];
/** Not in a container that forbids namespaces. */
const mayMount = spawnSync('env', [...OWN_MOUNTS, 'true']).status === 0;

const FIRST_OF_APT = STRIKES.findIndex(({ place }) => place.includes('apt'));

/** Whether this setup, and not one before it, has made a file of such a name. */
function made(pattern: string): Strike['isReached'] {
  return ({ dir }, { startedAt }) =>
    globSync(join(dir, pattern)).some(
      path => (statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0) > startedAt,
    );
}

test('setup that is interrupted at ten places goes on from each, and leaves nothing running', async () => {
  const clone = await cloneHere({ packages: FEW_PACKAGES });
  const path = await pathWithout('nginx');
  const options = { args: ['--deploy'], path };
  for (const [index, { place, isReached, by }] of STRIKES.entries()) {
    // apt has something to do from its first place on: beside npm, it would be done before.
    const args = index < FIRST_OF_APT ? [] : options.args;
    const setup = clone.setup(index % 2 === 0 ? 'npm-11' : 'npm-10', { args, path });
    await setup.until(place, () => isReached(clone, setup));
    if (by === 'Ctrl-C') setup.press('SIGINT');
    else signalProcess(setup.pid(), by);
    expect(await setup.ended, place).not.toBe(0);
    if (by === 'SIGKILL') continue;
    expect(setup.output(), place).toContain('the next start goes on from here');
    expect(processesIn(clone), place).toEqual([]);
  }

  const [first, second] = [clone.setup('npm-10', options), clone.setup('npm-11', options)];
  expect([await first.ended, await second.ended], first.output() + second.output()).toEqual([0, 0]);
  expect(first.output() + second.output()).toContain('another setup is at work here');
  expect(findProblem(clone.dir)).toBeNull();
  await promisify(execFile)(clone.path('.tools/bin/nginx'), ['-v']);
  const bumpers = readdirSync(clone.path('.data/bumpers')).filter(name => !name.startsWith('.'));
  expect(bumpers).toHaveLength(1);
  expect(processesIn(clone)).toEqual([]);
});

test.runIf(mayMount)('setup that ran out of disk goes on once there is room', async () => {
  const clone = await cloneHere({ packages: FEW_PACKAGES, withBumpers: true });
  const modules = clone.path('node_modules');
  await mkdir(modules);
  // A disk of its own that only these processes see, which grows between the two.
  const twice = `mount -t tmpfs -o size=20m tmpfs ${modules}
    "$@" && exit 9
    mount -o remount,size=1g ${modules}
    exec "$@"`;
  const wrap = [...OWN_MOUNTS, 'sh', '-c', twice, 'sh'];
  const setup = clone.setup('npm-11', { wrap });
  expect(await setup.ended, setup.output()).toBe(0);
  expect(setup.output()).toMatch(/ENOSPC|no space left/i);
});

/** The command lines of processes that work in a clone. */
function processesIn({ dir }: Clone): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(pid => commandLine(Number(pid))).filter(line => line.includes(dir));
}

/** The host's PATH with one program that is absent, and one that is taken for present as it has no part in this. */
async function pathWithout(program: string): Promise<string> {
  const { runDir } = inject('services');
  const own = await mkdtemp(join(runDir, 'path-'));
  await writeFile(join(own, 'promtool'), '#!/bin/sh\n', { mode: 0o755 });
  const folders = hostPath().split(delimiter);
  const without = folders.map(async folder => {
    if (!existsSync(join(folder, program))) return folder;
    const copy = await mkdtemp(join(runDir, 'path-'));
    const others = readdirSync(folder).filter(name => name !== program);
    await Promise.all(others.map(name => symlink(join(folder, name), join(copy, name))));
    return copy;
  });
  return [own, ...(await Promise.all(without))].join(delimiter);
}
