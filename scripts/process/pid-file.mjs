import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess, signalProcess } from './process-table.mjs';
import { hasErrorCode } from './system-errors.mjs';
import { waitUntil } from './wait-until.mjs';

/**
 * Records in `path`, atomically, that process `pid` is running.
 *
 * @param {string} path
 * @param {number} pid
 */
export function writePidFile(path, pid) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${pid}\n${identifyProcess(pid)}\n`);
  renameSync(draft, path);
}

/**
 * Returns the process id in `path` and whether that process still runs; null without a file. A later process
 * with the same id does not count.
 *
 * @param {string} path
 * @returns {{ pid: number, isRunning: boolean } | null}
 */
export function readPidFile(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
  const [pid, identity] = text.split('\n');
  // The file may be empty after a full disk.
  return { pid: Number(pid), isRunning: Number(pid) > 0 && identifyProcess(Number(pid)) === identity };
}

/**
 * Ends the process that `path` records, with its group, and removes the file. Sends `signal` first, SIGKILL
 * after `graceSeconds`. Returns the process id if the process was still running, else null.
 *
 * @param {string} path
 * @param {{ signal: NodeJS.Signals, graceSeconds: number }} options
 * @returns {Promise<number | null>}
 */
export async function endLeftover(path, { signal, graceSeconds }) {
  const leftover = readPidFile(path);
  if (!leftover?.isRunning) return null;
  const { pid } = leftover;
  const hasEnded = () => identifyProcess(pid) === null;
  signalProcess(pid, signal);
  try {
    await waitUntil(`The end of process ${pid}`, hasEnded, { deadlineSeconds: graceSeconds });
  } catch {
    signalProcess(-pid, 'SIGKILL');
    await waitUntil(`The end of process ${pid}`, hasEnded, { deadlineSeconds: 5 });
  }
  rmSync(path, { force: true });
  return pid;
}
