import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess, signalProcess } from './process-table.ts';
import { waitUntil } from './wait-until.ts';

/** Remembers in `path` that process `pid` is running, in one step. */
export function writePidFile(path: string, pid: number): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${pid}\n${identifyProcess(pid)}\n`);
  renameSync(draft, path);
}

/** The number in `path` and whether that very process still runs; null without a file. */
export function readPidFile(path: string): { pid: number; isRunning: boolean } | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const [pid, identity] = text.split('\n');
  return { pid: Number(pid), isRunning: identifyProcess(Number(pid)) === identity };
}

/**
 * Ends the process that `path` remembers, with its group, and removes the file: `signal` first, SIGKILL after
 * `graceSeconds`. The process's number when it was still running, else null.
 */
export async function endLeftover(
  path: string,
  { signal, graceSeconds }: { signal: NodeJS.Signals; graceSeconds: number },
): Promise<number | null> {
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
