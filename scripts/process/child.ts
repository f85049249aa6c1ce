import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
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
  /** Receives all output, replacing that of the last run unless `appends`. */
  logPath: string;
  appends?: boolean;
  /** Remembers the running process for a run that has to clean up after this one was killed. */
  pidPath: string;
  /** Sent to the process's standard input, which is empty otherwise. */
  input?: string;
  /** A message that the process sends to its parent once it has started. */
  startedMessage?: string;
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
  /** Whether the message has come; true when none is awaited. */
  hasStarted(): boolean;
  /** Asks the process to stop and waits; SIGKILL to its whole group once the grace is over. */
  stop(): Promise<void>;
  /** Ends the process and its children at once. */
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a process; resolves once it runs, which says nothing about it being ready. @throws when it can't be run. */
export async function startChild(settings: ChildSettings): Promise<Child> {
  const { name, command, args, env, logPath, pidPath, stop, startedMessage } = settings;
  mkdirSync(dirname(logPath), { recursive: true });
  mkdirSync(dirname(pidPath), { recursive: true });
  const log = openSync(logPath, settings.appends ? 'a' : 'w');
  const child = spawn(command, args, {
    env,
    ...(settings.cwd !== undefined && { cwd: settings.cwd }),
    detached: true,
    stdio: [settings.input === undefined ? 'ignore' : 'pipe', log, log, startedMessage ? 'ipc' : 'ignore'],
  });
  closeSync(log);
  const pid = await spawned(child, name);
  writePidFile(pidPath, pid);
  child.stdin?.end(settings.input);

  let hasStarted = startedMessage === undefined;
  child.on('message', message => {
    hasStarted ||= message === startedMessage;
  });
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
    hasStarted: () => hasStarted,
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

/** Waits until the child has started and `check` answers true. @throws at the deadline, or with the child's last log lines when it ends first. */
export async function untilReady(
  child: Child,
  check: () => Promise<boolean>,
  limits: { deadlineSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const isReady = async () => {
    if (child.hasEnded()) throw new Error(endNote(child, await child.ended));
    return child.hasStarted() && (await check());
  };
  await waitUntil(`${child.name} to be ready`, isReady, limits);
}

/** What to tell about a child that ended by itself: how, its last log lines, and where the whole log is. */
export function endNote(child: Child, how: string): string {
  const shown = lastSentences(child, 15).map(sentence => `  ${sentence}`);
  return [`${child.name} ended: ${how}`, ...shown, `Log: ${child.logPath}`].join('\n');
}

/** What the last lines of a child's log name as an error; empty when they name none. */
export function lastError(child: Child): string {
  return lastSentences(child, 20).findLast(sentence => /^(fatal|error): |^\w*Error\b/.test(sentence)) ?? '';
}

/** The last lines of a child's log, as people read them. */
function lastSentences({ logPath }: Child, count: number): string[] {
  // A person may have removed it meanwhile.
  if (!existsSync(logPath)) return [];
  const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-count);
  return lines.map(line => readLogLine(line).sentence);
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
