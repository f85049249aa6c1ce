import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';

const ROOT = join(import.meta.dirname, '../../..');

/** How a process ended, and all that it said. */
export interface Ending {
  code: number | string | null | undefined;
  output: string;
  complaint: string;
}

/** Runs one of the product's programs, by its path in the repository, to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, signal: machineTimeout(60) };
  execFile(process.execPath, [program, ...args], options, (error, output, complaint) =>
    resolve({ code: error ? error.code : 0, output, complaint }),
  );
  return promise;
}
