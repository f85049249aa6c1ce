import { linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPidFile, writePidFile } from './pid-file.ts';

/** Another `npm start` uses the same data folder. */
export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning';

  constructor(pid: number) {
    super(
      `It is running already, as process ${pid}. Stop that one first, or give this one a DATA_DIR of its own.`,
    );
  }
}

/**
 * Makes this process the only one to run a stack on the folder of `path`; what is returned gives it up again. The lock
 * of a process that was killed is taken over.
 *
 * @throws {AlreadyRunning}
 */
export function takeStartLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}.lock`;
  const dead = `${mine}.dead`;
  writePidFile(mine, process.pid);
  try {
    while (!tryToLink(mine, path)) {
      const holder = readPidFile(path);
      if (holder?.isRunning) throw new AlreadyRunning(holder.pid);
      if (!holder || !tryToMove(path, dead)) continue;
      // Of two that found the same dead lock, the slower one may have moved away the new lock of the faster one.
      const moved = readPidFile(dead);
      if (moved?.isRunning) {
        tryToLink(dead, path);
        throw new AlreadyRunning(moved.pid);
      }
    }
  } finally {
    rmSync(mine, { force: true });
    rmSync(dead, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** Moves a file; false when somebody else was faster. */
function tryToMove(path: string, to: string): boolean {
  try {
    renameSync(path, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Gives a file a second name unless that name is in use: atomic, unlike asking first. */
function tryToLink(path: string, name: string): boolean {
  try {
    linkSync(path, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
