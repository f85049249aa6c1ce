import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, opendir, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasErrorCode, isFileNotFound } from '../../src/platform/process/system-errors.ts';

const FOREIGN_FOLDER_MAX_AGE_MS = 24 * 60 * 60 * 1000;
const FOLDER_NAME = /^.+~(?<host>[0-9a-f]{8})~(?<pid>\d+)-(?<started>\d+)~[A-Za-z0-9]{6}$/;

/** A private folder for one job's files. Disposing the workspace removes the folder with its files. */
export interface Workspace extends AsyncDisposable {
  readonly folder: string;
  /** The path of a file in the folder. */
  path(name: string): string;
}

/**
 * Creates a folder below `root` that only this user can enter. `name` helps operators who look at the disk.
 * The folder's name also contains host, pid and start time of this process, by which {@link sweepWorkspaces}
 * finds dead owners.
 */
export async function openWorkspace(root: string, name: string): Promise<Workspace> {
  await mkdir(root, { recursive: true });
  const started = (await readStartTime(process.pid)) ?? 0;
  const folder = await mkdtemp(join(root, `${name}~${hashHostName()}~${process.pid}-${started}~`));
  return {
    folder,
    path: file => join(folder, file),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Removes the folders of workers that died without disposing them, and kills the processes that still run in
 * them; returns the number of folders. The processes of another host or container are not visible: such a
 * folder is removed when it is a day old.
 */
export async function sweepWorkspaces(root: string): Promise<number> {
  await mkdir(root, { recursive: true });
  let swept = 0;
  for await (const entry of await opendir(root)) {
    const owner = FOLDER_NAME.exec(entry.name)?.groups;
    if (!entry.isDirectory() || owner === undefined) continue;
    const folder = join(root, entry.name);
    const inUse =
      owner.host === hashHostName()
        ? (await readStartTime(Number(owner.pid))) === Number(owner.started)
        : await isYoung(folder);
    if (inUse) continue;
    await killProcessesIn(folder);
    await rm(folder, { recursive: true, force: true });
    swept++;
  }
  return swept;
}

/** An ffmpeg that the system does not kill with its worker runs on; its working directory shows its owner. */
async function killProcessesIn(folder: string): Promise<void> {
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    // Null for a process that has ended meanwhile or belongs to another user.
    const workingFolder = await readlink(`/proc/${entry}/cwd`).catch(() => null);
    if (workingFolder === folder) killProcess(Number(entry));
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

const hashHostName = () => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * Returns the start time of a process; null when it does not exist. A pid alone does not identify a process:
 * the system reuses it, in a restarted container for the next worker. Unit and origin are the system's
 * (proc(5), field 22); without /proc the start time of every living process is 0.
 */
async function readStartTime(pid: number): Promise<number | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]);
  } catch (error) {
    if (process.platform === 'linux' && hasErrorCode(error, 'ENOENT', 'ESRCH')) return null;
    return isAlive(pid) ? 0 : null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return hasErrorCode(error, 'EPERM');
  }
}

async function isYoung(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).mtimeMs > Date.now() - FOREIGN_FOLDER_MAX_AGE_MS;
  } catch (error) {
    if (isFileNotFound(error)) return true;
    throw error;
  }
}
