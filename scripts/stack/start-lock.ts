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
  writePidFile(mine, process.pid);
  try {
    while (!tryToLink(mine, path)) {
      const holder = readPidFile(path);
      if (holder?.isRunning) throw new AlreadyRunning(holder.pid);
      // Of two that find the same dead lock, one moves it away and the other finds nothing left to move.
      if (holder) renameSync(path, `${mine}.dead`);
    }
  } finally {
    rmSync(mine, { force: true });
    rmSync(`${mine}.dead`, { force: true });
  }
  return () => rmSync(path, { force: true });
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
