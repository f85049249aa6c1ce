import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftover, writePidFile } from '../process/pid-file.mjs';
import { isGroupRunning, signalProcess } from '../process/process-table.mjs';
import { waitUntil } from '../process/wait-until.mjs';

export const ROOT = join(import.meta.dirname, '../..');
/** The folder of setup's lock, and of the process id of each running program. */
export const RUN_DIR = join(ROOT, '.data/run');
const CHILD_FILE = /^setup-\d+\.child\.pid$/;
const CHILD_GRACE_SECONDS = 5;
const LEFTOVER_GRACE_SECONDS = 120;

/** The groups of running programs that may be killed. @type {Set<number>} */
const killable = new Set();

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {AbortSignal | undefined} [signal] Stops the program with SIGINT and waits for its end.
 * @property {'group' | 'program'} [stops] The receiver of SIGINT: by default the program and its children.
 */

/**
 * Runs a program to its end and returns its standard output. The program gets a separate process group, so
 * Ctrl-C in the terminal reaches only setup.
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
  let [output, errorOutput] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    errorOutput += text;
  });
  const ended = once(child, 'close').catch(cause => {
    throw new Error(`${command} could not be run: ${cause.message}`, { cause });
  });
  const { pid } = child;
  if (pid === undefined) {
    await ended;
    throw new Error(`${command} has no process id`);
  }
  const pidFile = join(RUN_DIR, `setup-${pid}.child.pid`);
  /** @type {NodeJS.Timeout | undefined} */
  let killTimer;
  const stop = () => {
    signalProcess(stops === 'group' ? -pid : pid, 'SIGINT');
    // npm ignores SIGINT while it unpacks.
    const kill = () => signalProcess(-pid, 'SIGKILL');
    if (stops === 'group') killTimer = setTimeout(kill, CHILD_GRACE_SECONDS * 1000);
  };
  signal?.addEventListener('abort', stop);
  if (stops === 'group') killable.add(pid);
  try {
    writePidFile(pidFile, pid);
    const [code, endedBy] = await ended;
    if (signal?.aborted) await endGroup(pid, stops === 'group');
    signal?.throwIfAborted();
    if (code === 0) return output;
    const lastLines = `${output}\n${errorOutput}`.trim().split('\n').slice(-15).join('\n  ');
    throw new Error(
      `${command} ${args.join(' ')}\nended with ${endedBy ?? `exit code ${code}`}:\n  ${lastLines}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    clearTimeout(killTimer);
    killable.delete(pid);
    rmSync(pidFile, { force: true });
  }
}

/**
 * Waits until all processes of a group have ended; kills them after the grace period if `mayBeKilled`.
 *
 * @param {number} group
 * @param {boolean} mayBeKilled
 */
async function endGroup(group, mayBeKilled) {
  const hasEnded = () => !isGroupRunning(group);
  try {
    await waitUntil(`The end of process group ${group}`, hasEnded, { deadlineSeconds: CHILD_GRACE_SECONDS });
  } catch (error) {
    if (!mayBeKilled) throw error;
    signalProcess(-group, 'SIGKILL');
  }
}

/** Kills all running programs that may be interrupted at any point, unlike dpkg. */
export function killPrograms() {
  for (const group of killable) signalProcess(-group, 'SIGKILL');
}

/** Ends the programs of an earlier setup that was killed. */
export async function endLeftovers() {
  mkdirSync(RUN_DIR, { recursive: true });
  for (const name of readdirSync(RUN_DIR).filter(file => CHILD_FILE.test(file))) {
    const path = join(RUN_DIR, name);
    const pid = await endLeftover(path, { signal: 'SIGINT', graceSeconds: LEFTOVER_GRACE_SECONDS });
    if (pid !== null) log(`ended process ${pid} from an earlier setup`);
    rmSync(path, { force: true });
  }
}

/** @param {string} sentence */
export function log(sentence) {
  console.log(`setup: ${sentence}`);
}
