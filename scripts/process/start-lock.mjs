import { linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPidFile, writePidFile } from './pid-file.mjs';

/** Another process holds the lock; `pid` is its number. */
export class AlreadyRunning extends Error {
  /** @override */
  name = 'AlreadyRunning';

  /** @param {number} pid */
  constructor(pid) {
    super(
      `It is running already, as process ${pid}. Stop that one first, or give this one a DATA_DIR of its own.`,
    );
    this.pid = pid;
  }
}

/**
 * Makes this process the only one that holds the lock in `path`; the returned function releases it. The lock of a
 * process that was killed is taken over.
 *
 * @param {string} path
 * @returns {() => void}
 * @throws {AlreadyRunning}
 */
export function takeStartLock(path) {
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

/**
 * Moves a file; false when another process was faster.
 *
 * @param {string} path
 * @param {string} to
 */
function tryToMove(path, to) {
  try {
    renameSync(path, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Gives a file a second name unless that name is in use: atomic, unlike asking first.
 *
 * @param {string} path
 * @param {string} name
 */
function tryToLink(path, name) {
  try {
    linkSync(path, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
