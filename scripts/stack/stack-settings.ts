import { join } from 'node:path';
import type { ChildGroup } from '../process/child-group.ts';

/** The order of starting; stopping uses the reverse order. */
export const TIERS = { postgres: 0, redis: 1, processes: 2 };

/** The description of a local stack to start. */
export interface StackSettings {
  /** The folder of all data: databases, uploads, secrets, logs. */
  dataDir: string;
  /**
   * The environment of API and worker. DATABASE_URL, REDIS_URL, API_PORT and others replace the stack's own
   * choices.
   */
  env: Record<string, string | undefined> & { PATH: string };
  /** Whether API and worker restart when one of their files changes. */
  watch: boolean;
  /** The group to which each started process is added. */
  group: ChildGroup;
  /** Aborts the start. Processes that run by then stay in the group. */
  signal: AbortSignal;
  /** Receives the lines of output for the user. */
  print: (line: string) => void;
}

/** Returns the paths of a process's log and pid file. */
export function getProcessFiles(dataDir: string, kind: string): { logPath: string; pidPath: string } {
  return { logPath: join(dataDir, 'logs', `${kind}.log`), pidPath: join(dataDir, 'run', `${kind}.pid`) };
}

/** Returns a line of output: a name, a text, and notes in parentheses. */
export function formatRow(name: string, text: string, ...notes: (string | null)[]): string {
  const noteText = notes.filter(note => note !== null).join('; ');
  return `${name.padEnd(9)} ${text}${noteText && ` (${noteText})`}`;
}
