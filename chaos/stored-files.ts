import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file of a folder and the folders in it, by its path below it. */
export async function storedFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)));
}
