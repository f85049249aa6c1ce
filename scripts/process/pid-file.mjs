import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess, signalProcess } from './process-table.mjs';
import { waitUntil } from './wait-until.mjs';

/**
 * Remembers in `path` that process `pid` is running, in one step.
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
 * The number in `path` and whether that very process still runs; null without a file.
 *
 * @param {string} path
 * @returns {{ pid: number, isRunning: boolean } | null}
 */
export function readPidFile(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const [pid, identity] = text.split('\n');
  // A file that a full disk left empty names no process.
  return { pid: Number(pid), isRunning: Number(pid) > 0 && identifyProcess(Number(pid)) === identity };
}

/**
 * Ends the process that `path` remembers, with its group, and removes the file: `signal` first, SIGKILL after
 * `graceSeconds`. The process's number when it was still running, else null.
 *
 * @param {string} path
 * @param {{ signal: NodeJS.Signals, graceSeconds: number }} how
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
