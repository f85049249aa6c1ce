import { FfmpegFailed } from './failures.ts';
import { runProgram } from './run-program.ts';

const TRIAL_TIMEOUT_SECONDS = 10;
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The files and resources that one run of ffmpeg or ffprobe may use. Paths are absolute. */
export interface Grant {
  /** The job's own folder; writable unless `readOnly` contains it too. */
  folder: string;
  /** Files and folders that can be read only; inside `folder` they override its write access. */
  readOnly: readonly string[];
  limits: ResourceLimits;
}

/** Limits on one process; exceeding one ends that process only. */
export interface ResourceLimits {
  memoryBytes: number;
  cpuSeconds: number;
  fileBytes: number;
  openFiles: number;
}

/** The confinement of programs that read untrusted video, as far as this host supports it. */
export interface Sandbox {
  /** `bubblewrap`: no network, no other processes, only the granted files. `none`: the host forbids it. */
  readonly isolation: 'bubblewrap' | 'none';
  /** Whether memory, CPU time, file size and descriptors are limited. */
  readonly limits: 'prlimit' | 'none';
  /**
   * Whether the system kills the program when the worker dies. `none`: the next worker kills it at its start.
   */
  readonly tether: 'bubblewrap' | 'setpriv' | 'none';
  /** Reasons of missing protections, one sentence each; empty when the sandbox is complete. */
  readonly gaps: readonly string[];
  /** Returns the command line that runs `command` confined. */
  wrap(command: readonly string[], grant: Grant): string[];
}

/** Returns the active protections and the gaps, for logs and health. */
export const describeSandbox = ({ isolation, limits, tether, gaps }: Sandbox) => ({
  isolation,
  limits,
  tether,
  gaps,
});

/** Runs commands without confinement: for our own assets only, never for an upload. */
export const UNCONFINED: Sandbox = {
  isolation: 'none',
  limits: 'none',
  tether: 'none',
  gaps: [],
  wrap: command => [...command],
};

/**
 * Returns the strongest sandbox that works on this host, found by running `ffmpeg -version` in it: many
 * containers ship bubblewrap and forbid what it needs, and an ffmpeg outside `/usr` is not visible inside.
 * `path` is the search path of programs.
 */
export async function detectSandbox(path = process.env.PATH ?? SYSTEM_PATH): Promise<Sandbox> {
  const gaps: string[] = [];
  const tryWithin = (prefix: readonly string[]) =>
    runProgram('ffmpeg', ['env', `PATH=${path}`, ...prefix, 'ffmpeg', '-version'], {
      timeoutSeconds: TRIAL_TIMEOUT_SECONDS,
    });
  const works = async (program: string, prefix: readonly string[]) => {
    try {
      await tryWithin(prefix);
      return true;
    } catch (error) {
      gaps.push(`${program} does not work here: ${firstLine(error)}`);
      return false;
    }
  };
  const trial: Grant = {
    folder: '/usr',
    readOnly: ['/usr'],
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 10, fileBytes: 1024 ** 2, openFiles: 64 },
  };
  const complete: Sandbox = {
    ...{ isolation: 'bubblewrap', limits: 'prlimit', tether: 'bubblewrap', gaps },
    wrap: (command, grant) => [...prlimit(grant.limits), ...bubblewrap(grant), ...command],
  };
  // Most hosts support all parts: one trial instead of one for each part.
  const isComplete = await tryWithin(complete.wrap([], trial)).then(
    () => true,
    () => false,
  );
  if (isComplete) return complete;

  const limits = (await works('prlimit', prlimit(trial.limits))) ? 'prlimit' : 'none';
  if (await works('bubblewrap', bubblewrap(trial))) {
    const limit = (grant: Grant) => (limits === 'prlimit' ? prlimit(grant.limits) : []);
    return {
      ...complete,
      limits,
      wrap: (command, grant) => [...limit(grant), ...bubblewrap(grant), ...command],
    };
  }
  const tether = (await works('setpriv', SETPRIV)) ? 'setpriv' : 'none';
  return {
    ...{ isolation: 'none', limits, tether, gaps },
    wrap: (command, grant) => [
      ...(limits === 'prlimit' ? prlimit(grant.limits) : []),
      ...(tether === 'setpriv' ? SETPRIV : []),
      // The worker's own environment contains secrets.
      ...['env', '-i', `PATH=${path}`],
      ...command,
    ],
  };
}

/** setpriv(1). The signal at the parent's death is kept through exec(2). */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

function prlimit({ memoryBytes, cpuSeconds, fileBytes, openFiles }: ResourceLimits): string[] {
  const seconds = Math.ceil(cpuSeconds);
  return [
    'prlimit',
    `--as=${memoryBytes}`,
    // The soft limit's SIGXCPU distinguishes a used-up budget from an out-of-memory kill; the hard limit
    // kills a program that ignores SIGXCPU.
    `--cpu=${seconds}:${seconds + 5}`,
    `--fsize=${fileBytes}`,
    `--nofile=${openFiles}`,
    '--core=0',
    '--',
  ];
}

/**
 * bwrap(1). The granted paths keep their names inside, so that the same arguments work with and without
 * bubblewrap.
 */
function bubblewrap({ folder, readOnly }: Grant): string[] {
  return [
    'bwrap',
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    ...['--setenv', 'PATH', SYSTEM_PATH],
    ...['--cap-drop', 'ALL'],
    ...['--ro-bind', '/usr', '/usr'],
    ...['/bin', '/lib', '/lib64', '/etc/alternatives', '/etc/ld.so.cache'].flatMap(path => [
      '--ro-bind-try',
      path,
      path,
    ]),
    ...['--dev', '/dev'],
    ...(readOnly.includes(folder) ? [] : ['--bind', folder, folder]),
    ...readOnly.flatMap(path => ['--ro-bind', path, path]),
    ...['--chdir', folder],
    '--',
  ];
}

function firstLine(error: unknown): string {
  const stderr = error instanceof FfmpegFailed ? error.stderrTail : '';
  return (stderr || String(error)).split('\n', 1)[0] ?? '';
}
