import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { signalProcess } from '../../scripts/process/process-table.mjs';
import { waitUntil } from '../../scripts/process/wait-until.mjs';
import { keepPackages } from './few-packages.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUMPERS = '.data/bumpers';
/** The npm of a major version, from the registry. */
export type Npm = 'npm-10' | 'npm-11';

/** What a developer would commit of this working tree, in a folder of its own where nothing is installed yet. */
export interface Clone {
  dir: string;
  path(...names: string[]): string;
  /** npm there, or in a folder below, as a terminal runs it: in a process group of its own. */
  run(npm: Npm, args: readonly string[], options?: RunOptions): Run;
  /** `npm run setup`. */
  setup(npm: Npm, options?: RunOptions & { args?: readonly string[] }): Run;
}

export interface RunOptions {
  folder?: string;
  /** Where programs are found. By default wherever this process finds them. */
  path?: string;
  /** The command in which npm runs, such as one that enters another mount namespace. */
  wrap?: readonly string[];
}

export interface Run {
  /** Milliseconds since the epoch. */
  startedAt: number;
  output(): string;
  /** Resolves once it has ended, with its exit code or signal. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** Sends a signal to all of it, as Ctrl-C does. */
  press(signal: NodeJS.Signals): void;
  /** The process of setup itself, without npm and without what it runs. */
  pid(): number;
  /** Waits until `isReached`; fails when it ends before. */
  until(what: string, isReached: () => boolean): Promise<void>;
}

/**
 * Clones the working tree, with only `packages` for dependencies: how many they are is not what is tested. `withBumpers`:
 * those of this checkout are there.
 */
export async function cloneHere({
  packages,
  withBumpers = false,
}: {
  packages: readonly string[];
  withBumpers?: boolean;
}): Promise<Clone> {
  const dir = await mkdtemp(join(inject('services').runDir, 'clone-'));
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', listing, { cwd: ROOT, maxBuffer: 16 * 1024 ** 2 });
  const files = stdout.split('\0').filter(name => name !== '' && existsSync(join(ROOT, name)));
  for (const name of files) await cp(join(ROOT, name), join(dir, name), { verbatimSymlinks: true });
  await keepPackages(dir, packages);
  if (withBumpers) await cp(join(ROOT, BUMPERS), join(dir, BUMPERS), { recursive: true });
  return {
    dir,
    path: (...names) => join(dir, ...names),
    run: (npm, args, options = {}) => startNpm(dir, npm, args, options),
    setup: (npm, { args = [], ...options } = {}) =>
      startNpm(dir, npm, ['run', 'setup', '--', ...args], options),
  };
}

function startNpm(
  dir: string,
  npm: Npm,
  args: readonly string[],
  { folder = '.', path = hostPath(), wrap = [] }: RunOptions,
): Run {
  const cli = join(ROOT, 'node_modules', npm, 'bin/npm-cli.js');
  const startedAt = Date.now();
  const command = [...wrap, process.execPath, cli, ...args];
  const child = spawn('env', command, {
    cwd: join(dir, folder),
    env: { ...hostEnv(), PATH: path },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
  const { pid = Number.NaN } = child;
  const ended = once(child, 'close').then(() => child.exitCode ?? child.signalCode);
  const lock = join(dir, '.data/run/setup.pid');
  return {
    startedAt,
    output: () => output,
    ended,
    press: signal => signalProcess(-pid, signal),
    pid: () => Number.parseInt(readFileSync(lock, 'utf8'), 10),
    until: (what, isReached) =>
      waitUntil(
        what,
        () => {
          if (isReached()) return true;
          if (child.exitCode !== null || child.signalCode !== null) {
            throw new Error(`It ended before ${what}:\n${output}`);
          }
          return false;
        },
        { deadlineSeconds: 120 },
      ),
  };
}

/**
 * The environment of a person's shell: without what npm adds for the scripts that it runs, such as these tests, but with
 * where that npm has its registry, certificates and cache from.
 */
function hostEnv(): NodeJS.ProcessEnv {
  const isOwn = (name: string) =>
    !/^(npm_|NODE_|INIT_CWD)/.test(name) ||
    /^npm_config_(globalconfig|userconfig|cache|registry)$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isOwn(name)));
}

/** Where a person's shell finds programs, the tools of this checkout standing for those of a machine that has them. */
export function hostPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter(folder => !folder.includes('node_modules')).join(delimiter);
}
