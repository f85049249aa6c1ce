import { FfmpegFailed } from './ffmpeg-errors.ts';
import { runProgram } from './run-program.ts';

const PROBE_TIMEOUT_SECONDS = 10;
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The files and resources that one run of ffmpeg or ffprobe may use. Paths are absolute. */
export interface SandboxPermissions {
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
  /** `bubblewrap`: no network, no other processes, only the permitted files. `none`: the host forbids it. */
  readonly isolation: 'bubblewrap' | 'none';
  /** Whether memory, CPU time, file size and descriptors are limited. */
  readonly limits: 'prlimit' | 'none';
  /**
   * Whether the system kills the program when the worker dies. `none`: the next worker kills it at its start.
   */
  readonly parentDeathSignal: 'bubblewrap' | 'setpriv' | 'none';
  /** Reasons of missing protections, one sentence each; empty when the sandbox is complete. */
  readonly gaps: readonly string[];
  /** Returns the command line that runs `command` confined. */
  wrap(command: readonly string[], permissions: SandboxPermissions): string[];
}

/** Returns the active protections and the gaps, for logs and health. */
export const describeSandbox = ({ isolation, limits, parentDeathSignal, gaps }: Sandbox) => ({
  isolation,
  limits,
  parentDeathSignal,
  gaps,
});

/** Runs commands without confinement: for the project's assets only, never for an upload. */
export const NO_SANDBOX: Sandbox = {
  isolation: 'none',
  limits: 'none',
  parentDeathSignal: 'none',
  gaps: [],
  wrap: command => [...command],
};

/** Permissions of the commands that detect the sandbox. */
const PROBE_PERMISSIONS: SandboxPermissions = {
  folder: '/usr',
  readOnly: ['/usr'],
  limits: { memoryBytes: 1024 ** 3, cpuSeconds: 10, fileBytes: 1024 ** 2, openFiles: 64 },
};

/**
 * Returns the strongest sandbox that works on this host, found by running `ffmpeg -version` in it. Many
 * containers ship bubblewrap and forbid what it needs, and an ffmpeg outside `/usr` is not visible inside.
 * `path` is the search path of programs.
 */
export async function detectSandbox(path = process.env.PATH ?? SYSTEM_PATH): Promise<Sandbox> {
  const complete: Sandbox = {
    isolation: 'bubblewrap',
    limits: 'prlimit',
    parentDeathSignal: 'bubblewrap',
    gaps: [],
    wrap: (command, permissions) => [...prlimit(permissions.limits), ...bubblewrap(permissions), ...command],
  };
  // Most hosts support all parts: one probe instead of one for each part.
  const problem = await probeWrapper(path, complete.wrap([], PROBE_PERMISSIONS));
  return problem === null ? complete : detectParts(path);
}

/** Returns a sandbox of the parts that work on this host, with a gap for each that does not. */
async function detectParts(path: string): Promise<Sandbox> {
  const gaps: string[] = [];
  const works = async (program: string, wrapper: readonly string[]) => {
    const problem = await probeWrapper(path, wrapper);
    if (problem !== null) gaps.push(`${program} does not work here: ${problem}`);
    return problem === null;
  };
  const limits = (await works('prlimit', prlimit(PROBE_PERMISSIONS.limits))) ? 'prlimit' : 'none';
  const limit = (permissions: SandboxPermissions) =>
    limits === 'prlimit' ? prlimit(permissions.limits) : [];
  if (await works('bubblewrap', bubblewrap(PROBE_PERMISSIONS))) {
    return {
      isolation: 'bubblewrap',
      limits,
      parentDeathSignal: 'bubblewrap',
      gaps,
      wrap: (command, permissions) => [...limit(permissions), ...bubblewrap(permissions), ...command],
    };
  }
  const parentDeathSignal = (await works('setpriv', SETPRIV)) ? 'setpriv' : 'none';
  return {
    isolation: 'none',
    limits,
    parentDeathSignal,
    gaps,
    wrap: (command, permissions) => [
      ...limit(permissions),
      ...(parentDeathSignal === 'setpriv' ? SETPRIV : []),
      // The worker's own environment contains secrets.
      ...['env', '-i', `PATH=${path}`],
      ...command,
    ],
  };
}

/** Runs `ffmpeg -version` below a wrapper; returns null, or the first line of the error. */
async function probeWrapper(path: string, wrapper: readonly string[]): Promise<string | null> {
  try {
    await runProgram('ffmpeg', ['env', `PATH=${path}`, ...wrapper, 'ffmpeg', '-version'], {
      timeoutSeconds: PROBE_TIMEOUT_SECONDS,
    });
    return null;
  } catch (error) {
    return firstLine(error);
  }
}

/** setpriv(1). The signal at the parent's death is kept through exec(2). */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

function prlimit({ memoryBytes, cpuSeconds, fileBytes, openFiles }: ResourceLimits): string[] {
  const seconds = Math.ceil(cpuSeconds);
  return [
    'prlimit',
    `--as=${memoryBytes}`,
    // SIGXCPU at the soft limit distinguishes a used-up budget from an out-of-memory kill. The hard limit
    // kills a program that ignores SIGXCPU.
    `--cpu=${seconds}:${seconds + 5}`,
    `--fsize=${fileBytes}`,
    `--nofile=${openFiles}`,
    '--core=0',
    '--',
  ];
}

/**
 * bwrap(1). The permitted paths keep their names inside, so that the same arguments work with and without
 * bubblewrap.
 */
function bubblewrap({ folder, readOnly }: SandboxPermissions): string[] {
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
