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
/** An npm of a major version, installed as a package. */
export type Npm = 'npm-10' | 'npm-11';

/** A copy of the files that git would commit, without installed packages. */
export interface Clone {
  dir: string;
  path(...names: string[]): string;
  /** Runs npm in the clone or a folder below, in its own process group, as a terminal does. */
  run(npm: Npm, args: readonly string[], options?: RunOptions): Run;
  /** Runs `npm run setup`. */
  setup(npm: Npm, options?: RunOptions & { args?: readonly string[] }): Run;
}

export interface RunOptions {
  folder?: string;
  /** The PATH; by default that of this process, without node_modules. */
  path?: string;
  /** The command in which npm runs, such as one that enters another mount namespace. */
  wrap?: readonly string[];
}

export interface Run {
  /** Milliseconds since the epoch. */
  startedAt: number;
  output(): string;
  /** Resolves with the exit code or signal of npm. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** Sends a signal to the process group, as Ctrl-C does. */
  press(signal: NodeJS.Signals): void;
  /** Returns the process id of setup itself, below npm. */
  pid(): number;
  /** Waits until `isReached`. @throws when npm ends before. */
  until(condition: string, isReached: () => boolean): Promise<void>;
}

/**
 * Clones the working tree with only `packages` as dependencies, which saves time. `withBumpers` copies the
 * bumpers of this checkout.
 */
export async function cloneWorkingTree({
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
  { folder = '.', path = getHostPath(), wrap = [] }: RunOptions,
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
    until: (condition, isReached) =>
      waitUntil(
        condition,
        () => {
          if (isReached()) return true;
          if (child.exitCode !== null || child.signalCode !== null) {
            throw new Error(`npm ended before ${condition}:\n${output}`);
          }
          return false;
        },
        { deadlineSeconds: 120 },
      ),
  };
}

/**
 * Returns the environment of an interactive shell: without the variables that npm adds for scripts such as
 * these tests, but with the paths of npm's registry, certificates and cache.
 */
function hostEnv(): NodeJS.ProcessEnv {
  const isShellVariable = (name: string) =>
    !/^(npm_|NODE_|INIT_CWD)/.test(name) ||
    /^npm_config_(globalconfig|userconfig|cache|registry)$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isShellVariable(name)));
}

/** Returns the PATH of an interactive shell, plus the downloaded tools of this checkout. */
export function getHostPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter(folder => !folder.includes('node_modules')).join(delimiter);
}
