import { randomUUID } from 'node:crypto';
import { constants, type Dir, type Stats } from 'node:fs';
import { access, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { hasErrorCode, isFileNotFound } from '../process/system-errors.ts';

/** Each failed attempt needs one more `remove` that deletes the folder between two calls. */
const RENAME_ATTEMPTS = 5;

/** Moves a flushed temporary file to `path` and flushes the new entries of all folders on the path. */
export async function renameDurably(temporary: string, path: string): Promise<void> {
  const folder = dirname(path);
  for (let attempt = 1; ; attempt++) {
    try {
      const firstCreated = await mkdir(folder, { recursive: true });
      await rename(temporary, path);
      await flush(folder);
      if (firstCreated === undefined) return;
      for (let created = folder; created.length >= firstCreated.length; created = dirname(created)) {
        await flush(dirname(created));
      }
      return;
    } catch (error) {
      // A concurrent `remove` has deleted the empty folder.
      if (attempt === RENAME_ATTEMPTS || !isFileNotFound(error)) throw error;
    }
  }
}

/**
 * Deletes `folder` and its parents up to their area while they are empty; writes create folders on demand.
 */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; relative(root, empty).includes(sep); empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      if (hasErrorCode(error, 'ENOTEMPTY', 'ENOENT')) return;
      throw error;
    }
  }
}

/** Yields the files below a folder, also those that are deleted during the listing. Omits hidden files. */
export async function* listFilesBelow(folder: string): AsyncGenerator<string> {
  let entries: Dir;
  try {
    entries = await opendir(folder);
  } catch (error) {
    if (isFileNotFound(error)) return;
    throw error;
  }
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listFilesBelow(path);
    else if (entry.isFile() && !entry.name.startsWith('.')) yield path;
  }
}

/** Flushes a file or folder to the disk. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns whether a file can be created in a folder. */
export async function isWritable(folder: string): Promise<boolean> {
  const probe = join(folder, `.check-${randomUUID()}`);
  try {
    await access(folder, constants.W_OK);
    await (await open(probe, 'wx')).close();
    await rm(probe);
    return true;
  } catch {
    // Callers need only the boolean.
    return false;
  }
}

/** Returns the metadata of a file; null when it does not exist. */
export async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
