import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLogLine } from './log-line.ts';
import { writePidFile } from './pid-file.mjs';
import { signalProcess } from './process-table.mjs';
import { waitUntil } from './wait-until.mjs';

export interface ChildSettings {
  /** As shown to people, such as `Postgres`. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Receives all output, replacing that of the last run. */
  logPath: string;
  /** Remembers the running process for a run that has to clean up after this one was killed. */
  pidPath: string;
  /** Sent to the process's standard input, which is empty otherwise. */
  input?: string;
  stop: { signal: NodeJS.Signals; graceSeconds: number };
}

/** A process of the local stack, in a session of its own so that a Ctrl-C reaches only whoever stops it in order. */
export interface Child {
  name: string;
  pid: number;
  logPath: string;
  /** Settles when the process has ended, with how: `exit code 1` or `SIGKILL`. */
  ended: Promise<string>;
  hasEnded(): boolean;
  /** Asks the process to stop and waits; SIGKILL to its whole group once the grace is over. */
  stop(): Promise<void>;
  /** Ends the process and its children at once. */
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a process; resolves once it runs, which says nothing about it being ready. @throws when it can't be run. */
export async function startChild(settings: ChildSettings): Promise<Child> {
  const { name, command, args, env, logPath, pidPath, stop } = settings;
  mkdirSync(dirname(logPath), { recursive: true });
  mkdirSync(dirname(pidPath), { recursive: true });
  const log = openSync(logPath, 'w');
  const child = spawn(command, args, {
    env,
    ...(settings.cwd !== undefined && { cwd: settings.cwd }),
    detached: true,
    stdio: [settings.input === undefined ? 'ignore' : 'pipe', log, log],
  });
  closeSync(log);
  const pid = await spawned(child, name);
  writePidFile(pidPath, pid);
  child.stdin?.end(settings.input);

  let how: string | undefined;
  const ended = new Promise<string>(resolve => {
    child.once('exit', (code, signal) => {
      how = signal ?? `exit code ${code}`;
      rmSync(pidPath, { force: true });
      resolve(how);
    });
  });

  return {
    name,
    pid,
    logPath,
    ended,
    hasEnded: () => how !== undefined,
    async stop() {
      if (how !== undefined) return;
      signalProcess(pid, stop.signal);
      const grace = new AbortController();
      const late = pause(stop.graceSeconds * 1000, 'late', { signal: grace.signal }).catch(() => 'ended');
      if ((await Promise.race([ended, late])) === 'late') signalProcess(-pid, 'SIGKILL');
      grace.abort();
      await ended;
    },
    kill: (signal = 'SIGKILL') => signalProcess(-pid, signal),
  };
}

/** Waits until `check` answers true. @throws at the deadline, or with the child's last log lines when it ends first. */
export async function untilReady(
  child: Child,
  check: () => Promise<boolean>,
  limits: { deadlineSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const isReady = async () => {
    if (child.hasEnded()) throw new Error(endNote(child, await child.ended));
    return check();
  };
  await waitUntil(`${child.name} to be ready`, isReady, limits);
}

/** What to tell about a child that ended by itself: how, its last log lines, and where the whole log is. */
export function endNote(child: Child, how: string): string {
  const lines = readFileSync(child.logPath, 'utf8').trimEnd().split('\n').slice(-15);
  const shown = lines.map(line => `  ${readLogLine(line).sentence}`);
  return [`${child.name} ended: ${how}`, ...shown, `Log: ${child.logPath}`].join('\n');
}

async function spawned(child: ChildProcess, name: string): Promise<number> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`${name} could not be started`, { cause: error });
  }
  if (child.pid === undefined) throw new Error(`${name} has no process number`);
  return child.pid;
}
