import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasErrorCode } from './system-errors.mjs';

/**
 * Returns an identity that no other process with the same id has: the start time and the boot. Null when the
 * process has ended, also as a zombie.
 *
 * @param {number} pid
 * @returns {string | null}
 */
export function identifyProcess(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'lstart') || null;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the name, in parentheses, may contain any character; state is field 3, starttime
    // field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch (error) {
    if (hasEnded(error)) return null;
    throw error;
  }
}

/**
 * Returns the command line of a process, its words separated by spaces; empty when the process has ended.
 *
 * @param {number} pid
 * @returns {string}
 */
export function readCommandLine(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'args');
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if (hasEnded(error)) return '';
    throw error;
  }
}

/**
 * Sends `signal` to a process, or to a process group for a negative id. A process that has ended is not an
 * error.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasEnded(error)) throw error;
  }
}

/**
 * Whether a process of the group is running.
 *
 * @param {number} group
 */
export function isGroupRunning(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    if (hasEnded(error)) return false;
    throw error;
  }
}

/**
 * @param {number} pid
 * @param {string} column
 */
function ps(pid, column) {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/**
 * Whether an error means that the process has ended.
 *
 * @param {unknown} error
 */
function hasEnded(error) {
  // `ps` exits with 1 for an id without a process.
  if (error instanceof Error && 'status' in error && error.status === 1) return true;
  return hasErrorCode(error, 'ENOENT', 'ESRCH');
}
