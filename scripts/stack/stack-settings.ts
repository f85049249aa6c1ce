import { join } from 'node:path';
import type { ChildGroup } from '../process/child-group.ts';

/** Order of starting, and backwards of stopping. */
export const TIERS = { postgres: 0, redis: 1, processes: 2 };

export interface StackSettings {
  /** Holds all that the stack keeps: databases, uploads, secrets, logs. */
  dataDir: string;
  /** Of the API and the worker. DATABASE_URL, REDIS_URL, API_PORT and others replace what the stack would bring or choose. */
  env: Record<string, string | undefined> & { PATH: string };
  /** Restart the API and the worker when a file they loaded has changed. */
  watch: boolean;
  /** Gets each process as it starts. */
  group: ChildGroup;
  /** Gives up; what has started is left to the group. */
  signal: AbortSignal;
  /** Receives the lines that people read. */
  say: (line: string) => void;
}

/** Where the log and the process number of one of the processes are kept. */
export function filesOf(dataDir: string, kind: string): { logPath: string; pidPath: string } {
  return { logPath: join(dataDir, 'logs', `${kind}.log`), pidPath: join(dataDir, 'run', `${kind}.pid`) };
}

/** A line for people: what it is, where it is, and whatever else there is to say. */
export function row(name: string, text: string, ...notes: (string | null)[]): string {
  const said = notes.filter(note => note !== null).join('; ');
  return `${name.padEnd(9)} ${text}${said && ` (${said})`}`;
}
