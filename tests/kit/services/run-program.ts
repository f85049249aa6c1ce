import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';

const ROOT = join(import.meta.dirname, '../../..');

/** The exit code of a program, a signal name or error code if it has none, and its output. */
export interface ProgramResult {
  code: number | string | null | undefined;
  output: string;
  stderr: string;
}

/** Runs a program of the product, named by its path in the repository, and resolves when it ends. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>();
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, signal: machineTimeout(60) };
  execFile(process.execPath, [program, ...args], options, (error, output, stderr) =>
    resolve({ code: error ? error.code : 0, output, stderr }),
  );
  return promise;
}
