import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const TOOLS = join(import.meta.dirname, '../../.tools/bin');

/** `path` with the programs that setup unpacked in front. */
export function withTools(path: string | undefined): string {
  return [TOOLS, path ?? ''].join(delimiter);
}

/** Where `program` is. @throws when no folder of `path` has it. */
export function findProgram(program: string, path: string): string {
  const found = path
    .split(delimiter)
    .map(folder => join(folder, program))
    .find(isExecutable);
  if (found === undefined) throw new Error(`${program} is not installed; npm run setup installs it`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not ours to run: the next folder may have it.
    return false;
  }
}
