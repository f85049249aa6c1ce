import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Memory of a process that is in RAM, in KiB. Linux only (/proc). */
export function residentKib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`Process ${pid} tells no VmRSS`);
  return Number(kib);
}

/** User and system time of a process so far; the kernel counts it in hundredths of a second. */
export function cpuMilliseconds(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(afterName[11]) + Number(afterName[12])) * 10;
}

/** For a Node process that is to be weighed: its garbage is collected on SIGUSR2. */
export const COLLECTABLE = [
  '--expose-gc',
  '--import',
  `data:text/javascript,process.on('SIGUSR2', () => gc())`,
];

/** {@link residentKib} of a process that runs with {@link COLLECTABLE}, once it has given back what it can. */
export async function heldKib(pid: number): Promise<number> {
  for (let round = 0; round < 3; round++) {
    process.kill(pid, 'SIGUSR2');
    await pause(300);
  }
  return residentKib(pid);
}
