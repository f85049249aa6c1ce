import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TRIAL_TIMEOUT_MS = 10_000;
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** What one run of ffmpeg or ffprobe may touch and use. Paths are absolute. */
export interface Grant {
  /** The job's own folder; writable unless `readOnly` names it too. */
  folder: string;
  /** Files and folders that can be read and never changed; inside `folder` they shadow its write access. */
  readOnly: readonly string[];
  limits: ResourceLimits;
}

/** Caps on one process; passing one ends that process and nothing else. */
export interface ResourceLimits {
  memoryBytes: number;
  cpuSeconds: number;
  fileBytes: number;
  openFiles: number;
}

/** How far the host lets us fence in a program that reads untrusted video. */
export interface Sandbox {
  /** `bubblewrap`: no network, no other process, no file but those granted. `none`: the host forbids it. */
  readonly isolation: 'bubblewrap' | 'none';
  /** Whether memory, CPU time, file size and descriptors are capped. */
  readonly limits: 'prlimit' | 'none';
  /** Whether the system ends the program when the worker dies. `none`: the next worker's start does. */
  readonly tether: 'bubblewrap' | 'setpriv' | 'none';
  /** Why a protection is missing, one sentence each; empty when all hold. */
  readonly gaps: readonly string[];
  /** The command line that runs `command` fenced in. */
  wrap(command: readonly string[], grant: Grant): string[];
}

/** What is active and what is not, for operators. */
export const describeSandbox = ({ isolation, limits, tether, gaps }: Sandbox) => ({
  isolation,
  limits,
  tether,
  gaps,
});

/** Runs commands as they are: for our own assets only, never for an upload. */
export const UNCONFINED: Sandbox = {
  isolation: 'none',
  limits: 'none',
  tether: 'none',
  gaps: [],
  wrap: command => [...command],
};

/**
 * The strongest sandbox that works on this host, found by running `ffmpeg -version` in it: many containers ship
 * bubblewrap and forbid what it needs, and an ffmpeg outside `/usr` can't be seen from inside. `path` is where
 * programs are looked for.
 */
export async function detectSandbox(path = process.env.PATH ?? SYSTEM_PATH): Promise<Sandbox> {
  const gaps: string[] = [];
  const tryWithin = (prefix: readonly string[]) =>
    run('env', [`PATH=${path}`, ...prefix, 'ffmpeg', '-version'], { timeout: TRIAL_TIMEOUT_MS });
  const works = async (what: string, prefix: readonly string[]) => {
    try {
      await tryWithin(prefix);
      return true;
    } catch (error) {
      gaps.push(`${what} does not work here: ${firstLine(error)}`);
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
  // Most hosts have all of it: one trial instead of one for each part.
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
      // The worker's own environment holds secrets.
      ...['env', '-i', `PATH=${path}`],
      ...command,
    ],
  };
}

/** setpriv(1). The signal at the parent's death survives the programs that are run in this one's place. */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

function prlimit({ memoryBytes, cpuSeconds, fileBytes, openFiles }: ResourceLimits): string[] {
  const seconds = Math.ceil(cpuSeconds);
  return [
    'prlimit',
    `--as=${memoryBytes}`,
    // The soft limit's SIGXCPU tells a spent budget from an out-of-memory kill; the hard one ends who ignores it.
    `--cpu=${seconds}:${seconds + 5}`,
    `--fsize=${fileBytes}`,
    `--nofile=${openFiles}`,
    '--core=0',
    '--',
  ];
}

/** bwrap(1). The granted paths keep their names inside, so that one argument list serves with and without it. */
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
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || String(error)).trim().split('\n', 1)[0] ?? '';
}
