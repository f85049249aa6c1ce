import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { hasErrorCode } from '../../../src/platform/process/system-errors.ts';

/** Returns the process ids of the ffmpeg processes that descend from process `ancestor`. */
export function findEncoders(ancestor: number): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(entry) : null;
    if (stat) parents.set(Number(entry), stat);
  }
  const isDescendant = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isDescendant(parent));
  };
  return [...parents].flatMap(([pid, { name }]) => (name === 'ffmpeg' && isDescendant(pid) ? [pid] : []));
}

/** Returns true while a process with this id runs. */
export const isRunning = (pid: number): boolean => readStat(String(pid)) !== null;

/** Waits until one of `workers` runs ffmpeg, and sends that ffmpeg SIGSTOP. SIGCONT resumes it. */
export async function pauseEncoder<Worker extends { pid: number }>(
  workers: Iterable<Worker>,
): Promise<[worker: Worker, encoder: number]> {
  const found: [Worker, number][] = [];
  const findAny = () => {
    for (const worker of workers) {
      for (const encoder of findEncoders(worker.pid)) found.push([worker, encoder]);
    }
    return found.length > 0;
  };
  await waitUntil('an encoder runs', findAny, { deadlineSeconds: 20 });
  const [first] = found;
  if (first === undefined) throw new Error('unreachable');
  process.kill(first[1], 'SIGSTOP');
  return first;
}

/** Reads parent and name from proc_pid_stat(5); null if the process has ended. */
function readStat(pid: string): { parent: number; name: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', state, parent] = /\((.*)\) (\w) (\d+)/s.exec(stat) ?? [];
    return state === 'Z' ? null : { parent: Number(parent), name };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}
