import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Returns the resident memory of a process in KiB. Linux only (/proc). */
export function readResidentKib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`Process ${pid} has no VmRSS`);
  return Number(kib);
}

/** Returns the user and system time of a process so far; the kernel counts in hundredths of a second. */
export function readCpuMilliseconds(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(afterName[11]) + Number(afterName[12])) * 10;
}

/** Node arguments of a process whose memory is measured: SIGUSR2 starts a garbage collection. */
export const GC_ON_SIGUSR2 = [
  '--expose-gc',
  '--import',
  `data:text/javascript,process.on('SIGUSR2', () => gc())`,
];

/**
 * Returns the resident memory of a process with {@link GC_ON_SIGUSR2} after three garbage collections, in
 * KiB.
 */
export async function readKibAfterGc(pid: number): Promise<number> {
  for (let round = 0; round < 3; round++) {
    process.kill(pid, 'SIGUSR2');
    await pause(300);
  }
  return readResidentKib(pid);
}
