import { randomUUID } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { copyFile, link, mkdir, open, opendir, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isFileNotFound } from '../process/system-errors.ts';
import { ByteCounter } from './byte-counter.ts';
import {
  flush,
  isWritable,
  listFilesBelow,
  removeEmptyFolders,
  renameDurably,
  statOrNull,
} from './local-files.ts';
import { NoSuchFile, STORAGE_AREAS, type Storage, type StorageKey, type StoredFile } from './storage.ts';
import { isStorageKey, requireStorageKey } from './storage-keys.ts';

/** Chunks that arrive during a write are combined into the next one, for fewer and larger writes. */
const WRITE_BYTES = 1024 ** 2;

/** Opens a {@link Storage} in a folder, local or mounted by all hosts. Creates the three areas. */
export async function openLocalStorage(root: string): Promise<Storage> {
  for (const area of STORAGE_AREAS) await mkdir(join(root, area), { recursive: true });
  const toPath = (key: StorageKey): string => join(root, requireStorageKey(key));
  return {
    ...createWriter(root, toPath),
    ...createReader(root, toPath),
    direct: null,

    async remove(key) {
      const path = toPath(key);
      await rm(path, { force: true });
      await removeEmptyFolders(root, dirname(path));
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
      const [original = false, processed = false, temp = false] = await Promise.all(
        STORAGE_AREAS.map(area => isWritable(join(root, area))),
      );
      return { original, processed, temp };
    },
  };
}

/** Creates the methods that store files: each writes a temporary file, then renames it. */
function createWriter(root: string, toPath: (key: StorageKey) => string): Pick<Storage, 'write' | 'upload'> {
  const createTemporaryPath = () => join(root, 'temp', randomUUID());
  return {
    async write(key, body, { maxBytes, checksum = false }) {
      const temporary = createTemporaryPath();
      const counter = new ByteCounter({ maxBytes, checksum });
      try {
        const file = await open(temporary, 'wx');
        // `flush` makes the stream call fsync before it closes the descriptor.
        await pipeline(body, counter, file.createWriteStream({ flush: true, highWaterMark: WRITE_BYTES }));
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
  };
}

/** Creates the methods that read files. */
function createReader(
  root: string,
  toPath: (key: StorageKey) => string,
): Pick<Storage, 'download' | 'find' | 'open' | 'list'> {
  return {
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

    async *list(area) {
      for await (const path of listFilesBelow(join(root, area))) {
        const key = relative(root, path).replaceAll(sep, '/');
        // Other files do not belong to the store.
        if (!isStorageKey(key)) continue;
        const file = toStoredFile(key, await statOrNull(path));
        if (file) yield file;
      }
    },
  };
}

function toStoredFile(key: StorageKey, stats: Stats | null): StoredFile | null {
  if (!stats?.isFile()) return null;
  const etag = `"${stats.ino.toString(36)}-${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`;
  return { key, sizeBytes: stats.size, modifiedAt: stats.mtime, etag };
}
