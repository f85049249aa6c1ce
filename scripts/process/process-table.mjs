import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from every other that ever had its number: when it started, in which boot.
 * Null when it has ended, also when its exit code is not collected yet.
 *
 * @param {number} pid
 * @returns {string | null}
 */
export function identifyProcess(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'lstart') || null;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the name, in parentheses, may hold anything; state is field 3, starttime field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/**
 * The command line of a process, its words separated by blanks; empty when it has ended.
 *
 * @param {number} pid
 * @returns {string}
 */
export function commandLine(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'args');
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/**
 * Sends `signal` to a process, or with a negative number to its group; one that has ended is no error.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Whether any process of a group has not ended.
 *
 * @param {number} group
 */
export function isGroupRunning(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
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

/** @param {unknown} error */
function isGone(error) {
  if (!(error instanceof Error)) return false;
  // `ps` answers with status 1 for a number that no process has.
  if ('status' in error && error.status === 1) return true;
  return 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}
