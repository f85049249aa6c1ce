import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, opendir, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const FOREIGN_FOLDER_MAX_AGE_MS = 24 * 60 * 60 * 1000;
const FOLDER_NAME = /^.+~(?<host>[0-9a-f]{8})~(?<pid>\d+)-(?<started>\d+)~[A-Za-z0-9]{6}$/;

/** A private folder for one job's files. Disposing it removes it with all it holds. */
export interface Workspace extends AsyncDisposable {
  readonly folder: string;
  /** The path of a file in it. */
  path(name: string): string;
}

/**
 * Makes a folder below `root` that only this user can enter. `name` is for people who look at the disk; its owner,
 * this process, is part of the folder's name, so that {@link sweepWorkspaces} can tell when nobody will dispose it.
 */
export async function openWorkspace(root: string, name: string): Promise<Workspace> {
  await mkdir(root, { recursive: true });
  const started = (await startOf(process.pid)) ?? 0;
  const folder = await mkdtemp(join(root, `${name}~${hostHash()}~${process.pid}-${started}~`));
  return {
    folder,
    path: file => join(folder, file),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Removes the folders of workers that died without disposing them, and ends what still runs in them; the number removed. A folder made on another
 * host or in another container, whose processes can't be seen from here, goes when it is a day old.
 */
export async function sweepWorkspaces(root: string): Promise<number> {
  await mkdir(root, { recursive: true });
  let swept = 0;
  for await (const entry of await opendir(root)) {
    const owner = FOLDER_NAME.exec(entry.name)?.groups;
    if (!entry.isDirectory() || owner === undefined) continue;
    const folder = join(root, entry.name);
    const inUse =
      owner.host === hostHash()
        ? (await startOf(Number(owner.pid))) === Number(owner.started)
        : await isYoung(folder);
    if (inUse) continue;
    await endProcessesIn(folder);
    await rm(folder, { recursive: true, force: true });
    swept++;
  }
  return swept;
}

/** Where the system does not end an ffmpeg with its worker, it goes on; its working directory tells whose it was. */
async function endProcessesIn(folder: string): Promise<void> {
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    // Null for one that has ended meanwhile, or is not ours.
    const workingFolder = await readlink(`/proc/${entry}/cwd`).catch(() => null);
    if (workingFolder === folder) endProcess(Number(entry));
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const hostHash = () => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * When a process started, or null when there is none. The pid alone would not do: the system gives it again, to a
 * stranger or, in a restarted container, to the next worker. Unit and origin are the system's own (proc(5), field 22);
 * where there is no /proc, every living process started at 0.
 */
async function startOf(pid: number): Promise<number | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]);
  } catch (error) {
    if (process.platform === 'linux' && isMissing(error)) return null;
    return isAlive(pid) ? 0 : null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isYoung(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).mtimeMs > Date.now() - FOREIGN_FOLDER_MAX_AGE_MS;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}
