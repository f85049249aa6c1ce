import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { withTimeout } from '../../src/platform/concurrency/with-timeout.ts';
import { readLogLine } from './log-line.ts';
import { writePidFile } from './pid-file.mjs';
import { signalProcess } from './process-table.mjs';
import { waitUntil } from './wait-until.mjs';

/** The description of a process to start. */
export interface ChildSettings {
  /** The name in messages, such as `Postgres`. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Receives all output, replacing that of the last run unless `appends`. */
  logPath: string;
  appends?: boolean;
  /** Identifies the process for a later run, which ends it if this run was killed. */
  pidPath: string;
  /** The content of the process's standard input, which is empty by default. */
  input?: string;
  /** A message that the process sends to its parent once it has started. */
  startedMessage?: string;
  stop: { signal: NodeJS.Signals; graceSeconds: number };
}

/**
 * A process of the local stack. It has its own session, so Ctrl-C reaches only the parent, which stops it in
 * order.
 */
export interface Child {
  name: string;
  pid: number;
  logPath: string;
  /** Resolves when the process has ended, with the cause: `exit code 1` or `SIGKILL`. */
  ended: Promise<string>;
  hasEnded(): boolean;
  /** Whether the start message has arrived; true when none is expected. */
  hasStarted(): boolean;
  /** Sends the stop signal and waits for the end. Sends SIGKILL to the whole group after the grace period. */
  stop(): Promise<void>;
  /** Sends a signal, SIGKILL by default, to the process and its children. */
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a process and resolves once it runs, ready or not. @throws when the command cannot be run. */
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
  const pid = await waitForSpawn(child, name);
  writePidFile(pidPath, pid);
  child.stdin?.end(settings.input);

  let hasStarted = startedMessage === undefined;
  child.on('message', message => {
    hasStarted ||= message === startedMessage;
  });
  let endCause: string | undefined;
  const ended = new Promise<string>(resolve => {
    child.once('exit', (code, signal) => {
      endCause = signal ?? `exit code ${code}`;
      rmSync(pidPath, { force: true });
      resolve(endCause);
    });
  });

  return {
    name,
    pid,
    logPath,
    ended,
    hasEnded: () => endCause !== undefined,
    hasStarted: () => hasStarted,
    async stop() {
      if (endCause !== undefined) return;
      signalProcess(pid, stop.signal);
      await withTimeout(ended, stop.graceSeconds * 1000).catch(() => signalProcess(-pid, 'SIGKILL'));
      await ended;
    },
    kill: (signal = 'SIGKILL') => signalProcess(-pid, signal),
  };
}

/**
 * Waits until the child has started and `check` returns true.
 *
 * @throws at the deadline, or with the child's last log lines when it ends first.
 */
export async function untilReady(
  child: Child,
  check: () => Promise<boolean>,
  limits: { deadlineSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const isReady = async () => {
    if (child.hasEnded()) throw new Error(describeEnd(child, await child.ended));
    return child.hasStarted() && (await check());
  };
  await waitUntil(`${child.name} is ready`, isReady, limits);
}

/** Returns a description of an unexpected end: its cause, the last log lines, and the path of the log. */
export function describeEnd(child: Child, cause: string): string {
  const lines = readLastLines(child, 15).map(sentence => `  ${sentence}`);
  return [`${child.name} ended: ${cause}`, ...lines, `Log: ${child.logPath}`].join('\n');
}

/** Returns the last error among the last 20 log lines; empty without one. */
export function findLastError(child: Child): string {
  return readLastLines(child, 20).findLast(sentence => /^(fatal|error): |^\w*Error\b/.test(sentence)) ?? '';
}

/** Returns the last lines of a child's log in readable form. */
function readLastLines({ logPath }: Child, count: number): string[] {
  // The log may have been deleted by hand.
  if (!existsSync(logPath)) return [];
  const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-count);
  return lines.map(line => readLogLine(line).sentence);
}

async function waitForSpawn(child: ChildProcess, name: string): Promise<number> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`${name} could not be started`, { cause: error });
  }
  if (child.pid === undefined) throw new Error(`${name} has no process id`);
  return child.pid;
}
