import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';

/** The numbers of the ffmpeg processes that work for process `ancestor`, however many wrappers are in between. */
export function findEncoders(ancestor: number): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(entry) : null;
    if (stat) parents.set(Number(entry), stat);
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return [...parents].flatMap(([pid, { name }]) => (name === 'ffmpeg' && isBelow(pid) ? [pid] : []));
}

/** Whether there is a process with this number that has not ended. */
export const isRunning = (pid: number): boolean => readStat(String(pid)) !== null;

/** Waits until one of `workers` encodes a video, and holds its encoder there until it is sent SIGCONT. */
export async function holdEncoder<Worker extends { pid: number }>(
  workers: Iterable<Worker>,
): Promise<[worker: Worker, encoder: number]> {
  const found: [Worker, number][] = [];
  const look = () => {
    for (const worker of workers) {
      for (const encoder of findEncoders(worker.pid)) found.push([worker, encoder]);
    }
    return found.length > 0;
  };
  await waitUntil('an encoder runs', look, { deadlineSeconds: 20 });
  const [first] = found;
  if (first === undefined) throw new Error('unreachable');
  process.kill(first[1], 'SIGSTOP');
  return first;
}

/** Parent and name from proc_pid_stat(5); null when the process has ended. */
function readStat(pid: string): { parent: number; name: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', state, parent] = /\((.*)\) (\w) (\d+)/s.exec(stat) ?? [];
    return state === 'Z' ? null : { parent: Number(parent), name };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) {
      return null;
    }
    throw error;
  }
}
