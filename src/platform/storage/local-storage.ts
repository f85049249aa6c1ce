import { randomUUID } from 'node:crypto';
import { constants, createReadStream, type Dir, type Stats } from 'node:fs';
import { access, copyFile, link, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasErrorCode, isFileNotFound } from '../process/system-errors.ts';
import { ByteCounter } from './byte-counter.ts';
import { NoSuchFile, STORAGE_AREAS, type Storage, type StorageKey, type StoredFile } from './storage.ts';
import { isStorageKey, requireStorageKey } from './storage-keys.ts';

/** Each failed attempt needs one more `remove` that deletes the folder between two calls. */
const RENAME_ATTEMPTS = 5;

/** Chunks that arrive during a write are combined into the next one: fewer and larger writes. */
const WRITE_BYTES = 1024 ** 2;

/** Opens a {@link Storage} in a folder, local or mounted by all hosts. Creates the three areas. */
export async function openLocalStorage(root: string): Promise<Storage> {
  for (const area of STORAGE_AREAS) await mkdir(join(root, area), { recursive: true });

  const toPath = (key: StorageKey): string => join(root, requireStorageKey(key));
  const createTemporaryPath = () => join(root, 'temp', randomUUID());

  return {
    direct: null,

    async write(key, body, { maxBytes, checksum = false, signal }) {
      const temporary = createTemporaryPath();
      const counter = new ByteCounter({ maxBytes, checksum });
      try {
        const file = await open(temporary, 'wx');
        // `flush` makes the stream call fsync before it closes the descriptor.
        await pipeline(body, counter, file.createWriteStream({ flush: true, highWaterMark: WRITE_BYTES }), {
          ...(signal && { signal }),
        });
        await renameDurably(temporary, toPath(key));
      } catch (error) {
        body.destroy();
        await rm(temporary, { force: true });
        throw error;
      }
      return { sizeBytes: counter.sizeBytes, sha256: checksum ? counter.sha256() : null };
    },

    async upload(path, key) {
      const temporary = createTemporaryPath();
      try {
        await copyFile(path, temporary, constants.COPYFILE_FICLONE);
        await flush(temporary);
        await renameDurably(temporary, toPath(key));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async download(key, path) {
      try {
        await link(toPath(key), path);
      } catch (error) {
        if (isFileNotFound(error)) throw new NoSuchFile(key, { cause: error });
        // `path` is on another filesystem, or the filesystem has no hard links.
        await copyFile(toPath(key), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      }
    },

    async find(key) {
      return toStoredFile(key, await statOrNull(toPath(key)));
    },

    async open(key, range) {
      const file = await open(toPath(key), 'r').catch(error => {
        throw isFileNotFound(error) ? new NoSuchFile(key, { cause: error }) : error;
      });
      return createReadStream('', { fd: file, ...range });
    },

    async remove(key) {
      const path = toPath(key);
      await rm(path, { force: true });
      await removeEmptyFolders(root, dirname(path));
    },

    async *list(area) {
      for await (const path of listFilesBelow(join(root, area))) {
        const key = relative(root, path).replaceAll(sep, '/');
        // Other files do not belong to the store.
        if (!isStorageKey(key)) continue;
        const file = toStoredFile(key, await statOrNull(path));
        if (file) yield file;
      }
    },

    async sweepTemp(before, signal) {
      let swept = 0;
      for await (const entry of await opendir(join(root, 'temp'))) {
        if (signal?.aborted) break;
        const path = join(root, 'temp', entry.name);
        const stats = await statOrNull(path);
        if (stats === null || stats.mtime > before) continue;
        await rm(path, { recursive: true, force: true });
        swept++;
      }
      return swept;
    },

    async check() {
      const results = STORAGE_AREAS.map(async area => [area, await isWritable(join(root, area))] as const);
      const [original, processed, temp] = await Promise.all(results);
      return {
        original: original?.[1] ?? false,
        processed: processed?.[1] ?? false,
        temp: temp?.[1] ?? false,
      };
    },
  };
}

/** Moves a flushed temporary file to `path` and flushes the new entries of all folders on the path. */
async function renameDurably(temporary: string, path: string): Promise<void> {
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

/** Deletes `folder` and its parents up to their area while they are empty; writes create folders on demand. */
async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; relative(root, empty).includes(sep); empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      if (hasErrorCode(error, 'ENOTEMPTY', 'ENOENT')) return;
      throw error;
    }
  }
}

/** Lists the files below a folder. The result may contain files that are deleted during the listing. */
async function* listFilesBelow(folder: string): AsyncGenerator<string> {
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

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isWritable(folder: string): Promise<boolean> {
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

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

function toStoredFile(key: StorageKey, stats: Stats | null): StoredFile | null {
  if (!stats?.isFile()) return null;
  const etag = `"${stats.ino.toString(36)}-${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`;
  return { key, sizeBytes: stats.size, modifiedAt: stats.mtime, etag };
}
