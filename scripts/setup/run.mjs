import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftover, writePidFile } from '../process/pid-file.mjs';
import { isGroupRunning, signalProcess } from '../process/process-table.mjs';
import { waitUntil } from '../process/wait-until.mjs';

export const ROOT = join(import.meta.dirname, '../..');
/** Holds the lock of setup, and the number of each program that it runs. */
export const RUN_DIR = join(ROOT, '.data/run');
const CHILD_FILE = /^setup-\d+\.child\.pid$/;
const CHILD_GRACE_SECONDS = 5;
const LEFTOVER_GRACE_SECONDS = 120;

/** The groups of the programs that run. @type {Set<number>} */
const killable = new Set();

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {AbortSignal | undefined} [signal] Asks the program to stop; its end is awaited.
 * @property {'group' | 'program'} [stops] What is asked: by default the program and all that it started.
 */

/**
 * Runs a program to its end and returns what it printed. The program is in a process group of its own: a Ctrl-C in the
 * terminal reaches setup alone.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 * @throws {Error} with the program's last lines when it fails, or the reason of `signal`.
 */
export async function run(command, args, { env, cwd, signal, stops = 'group' } = {}) {
  signal?.throwIfAborted();
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    complaints += text;
  });
  const ended = once(child, 'close').catch(cause => {
    throw new Error(`${command} could not be run: ${cause.message}`, { cause });
  });
  const { pid } = child;
  if (pid === undefined) {
    await ended;
    throw new Error(`${command} has no process number`);
  }
  const pidFile = join(RUN_DIR, `setup-${pid}.child.pid`);
  /** @type {NodeJS.Timeout | undefined} */
  let late;
  const stop = () => {
    signalProcess(stops === 'group' ? -pid : pid, 'SIGINT');
    // npm goes on while it unpacks.
    const kill = () => signalProcess(-pid, 'SIGKILL');
    if (stops === 'group') late = setTimeout(kill, CHILD_GRACE_SECONDS * 1000);
  };
  signal?.addEventListener('abort', stop);
  if (stops === 'group') killable.add(pid);
  try {
    writePidFile(pidFile, pid);
    const [code, endedBy] = await ended;
    if (signal?.aborted) await endGroup(pid, stops === 'group');
    signal?.throwIfAborted();
    if (code === 0) return output;
    const lastLines = `${output}\n${complaints}`.trim().split('\n').slice(-15).join('\n  ');
    throw new Error(
      `${command} ${args.join(' ')}\nended with ${endedBy ?? `exit code ${code}`}:\n  ${lastLines}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    clearTimeout(late);
    killable.delete(pid);
    rmSync(pidFile, { force: true });
  }
}

/**
 * Waits until nothing is left of what a program has started; what may be killed is, when it takes too long.
 *
 * @param {number} group
 * @param {boolean} mayBeKilled
 */
async function endGroup(group, mayBeKilled) {
  const hasEnded = () => !isGroupRunning(group);
  try {
    await waitUntil('The end of what was started', hasEnded, { deadlineSeconds: CHILD_GRACE_SECONDS });
  } catch (error) {
    if (!mayBeKilled) throw error;
    signalProcess(-group, 'SIGKILL');
  }
}

/** Ends at once what may be ended half way, which a dpkg may not. */
export function killPrograms() {
  for (const group of killable) signalProcess(-group, 'SIGKILL');
}

/** Ends the programs that a setup which was killed has left running. */
export async function endLeftovers() {
  mkdirSync(RUN_DIR, { recursive: true });
  for (const name of readdirSync(RUN_DIR).filter(file => CHILD_FILE.test(file))) {
    const path = join(RUN_DIR, name);
    const pid = await endLeftover(path, { signal: 'SIGINT', graceSeconds: LEFTOVER_GRACE_SECONDS });
    if (pid !== null) say(`ended process ${pid}, left behind by an earlier setup`);
    rmSync(path, { force: true });
  }
}

/** @param {string} sentence */
export function say(sentence) {
  console.log(`setup: ${sentence}`);
}
