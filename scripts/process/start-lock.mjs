import { linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPidFile, writePidFile } from './pid-file.mjs';
import { hasErrorCode } from './system-errors.mjs';

/** Another process holds the lock; `pid` is its id. */
export class AlreadyRunning extends Error {
  /** @override */
  name = 'AlreadyRunning';

  /** @param {number} pid */
  constructor(pid) {
    super(
      `Already running as process ${pid}. Stop that process first, or set another DATA_DIR for this one.`,
    );
    this.pid = pid;
  }
}

/**
 * Takes the exclusive lock in `path` for this process; the returned function releases it. Takes over the lock
 * of a process that was killed.
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
      // Two processes may find the same dead lock; the slower one may have moved the new lock of the faster
      // one.
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
 * Moves a file; returns false when another process was faster.
 *
 * @param {string} path
 * @param {string} to
 */
function tryToMove(path, to) {
  try {
    renameSync(path, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Gives a file a second name; returns false if the name is in use. Atomic, unlike a check before the link.
 *
 * @param {string} path
 * @param {string} name
 */
function tryToLink(path, name) {
  try {
    linkSync(path, name);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}
