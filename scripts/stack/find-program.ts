import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const TOOLS = join(import.meta.dirname, '../../.tools/bin');

/** Returns `path` with the folder of the programs that setup unpacked in front. */
export function withTools(path: string | undefined): string {
  return [TOOLS, path ?? ''].join(delimiter);
}

/** Returns the path of `program`. @throws when no folder of `path` contains the program. */
export function findProgram(program: string, path: string): string {
  const found = path
    .split(delimiter)
    .map(folder => join(folder, program))
    .find(isExecutable);
  if (found === undefined) throw new Error(`${program} is not installed; npm run setup installs it`);
  return found;
}

/** Whether a program at this path can run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not executable; the next folder may contain the program.
    return false;
  }
}
