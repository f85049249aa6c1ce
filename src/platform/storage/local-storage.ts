import { randomUUID } from 'node:crypto';
import { constants, createReadStream, type Dir, type Stats } from 'node:fs';
import { access, copyFile, link, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ByteCounter } from './byte-counter.ts';
import { NoSuchFile, STORAGE_AREAS, type Storage, type StorageKey, type StoredFile } from './storage.ts';
import { isStorageKey, requireStorageKey } from './storage-keys.ts';

/** Each is one more `remove` that has to come at exactly the wrong moment. */
const SETTLE_ATTEMPTS = 5;

/** What is gathered while one write is under way goes to the disk in the next: fewer and larger writes. */
const WRITE_BYTES = 1024 ** 2;

/** A {@link Storage} on one folder, local or mounted by every host; creates the folder's three areas. */
export async function openLocalStorage(root: string): Promise<Storage> {
  for (const area of STORAGE_AREAS) await mkdir(join(root, area), { recursive: true });

  const pathOf = (key: StorageKey): string => join(root, requireStorageKey(key));
  const temporaryPath = () => join(root, 'temp', randomUUID());

  return {
    direct: null,

    async write(key, body, { maxBytes, checksum = false, signal }) {
      const temporary = temporaryPath();
      const meter = new ByteCounter(maxBytes, checksum);
      try {
        const file = await open(temporary, 'wx');
        // `flush` makes the stream call fsync before it closes the descriptor.
        await pipeline(body, meter, file.createWriteStream({ flush: true, highWaterMark: WRITE_BYTES }), {
          ...(signal && { signal }),
        });
        await settle(temporary, pathOf(key));
      } catch (error) {
        body.destroy();
        await rm(temporary, { force: true });
        throw error;
      }
      return meter.result();
    },

    async upload(path, key) {
      const temporary = temporaryPath();
      try {
        await copyFile(path, temporary, constants.COPYFILE_FICLONE);
        await flush(temporary);
        await settle(temporary, pathOf(key));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async download(key, path) {
      try {
        await link(pathOf(key), path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) throw new NoSuchFile(key, { cause: error });
        // Another filesystem, or one without hard links.
        await copyFile(pathOf(key), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      }
    },

    async find(key) {
      return stored(key, await statOrNull(pathOf(key)));
    },

    async open(key, range) {
      const file = await open(pathOf(key), 'r').catch(error => {
        throw hasCode(error, 'ENOENT') ? new NoSuchFile(key, { cause: error }) : error;
      });
      return createReadStream('', { fd: file, ...range });
    },

    async remove(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      // Folders are made on demand by writes, so an empty one below its area is litter.
      for (let folder = dirname(path); relative(root, folder).includes(sep); folder = dirname(folder)) {
        try {
          await rmdir(folder);
        } catch (error) {
          if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'ENOENT')) break;
          throw error;
        }
      }
    },

    async *list(area) {
      for await (const path of filesBelow(join(root, area))) {
        const key = relative(root, path).replaceAll(sep, '/');
        // Whatever else is there is not ours.
        if (!isStorageKey(key)) continue;
        const file = stored(key, await statOrNull(path));
        if (file) yield file;
      }
    },

    async sweepTemp(before, signal) {
      let swept = 0;
      for await (const entry of await opendir(join(root, 'temp'))) {
        if (signal?.aborted) break;
        const path = join(root, 'temp', entry.name);
        const facts = await statOrNull(path);
        if (facts === null || facts.mtime > before) continue;
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

/** Gives a flushed temporary file its name, durably: the folder entries on the way to it are flushed too. */
async function settle(temporary: string, path: string): Promise<void> {
  const folder = dirname(path);
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await mkdir(folder, { recursive: true });
      await rename(temporary, path);
      await flush(folder);
      for (let at = folder; made && at.length >= made.length; at = dirname(at)) await flush(dirname(at));
      return;
    } catch (error) {
      // A `remove` found the folder empty just then and took it away.
      if (attempt === SETTLE_ATTEMPTS || !hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** The files below a folder; one that is removed meanwhile may be among them or not. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  let entries: Dir;
  try {
    entries = await opendir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
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
    // The answer is the boolean; which error it was matters to nobody.
    return false;
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

function stored(key: StorageKey, facts: Stats | null): StoredFile | null {
  if (!facts?.isFile()) return null;
  const etag = `"${facts.ino.toString(36)}-${facts.size.toString(36)}-${Math.trunc(facts.mtimeMs).toString(36)}"`;
  return { key, sizeBytes: facts.size, modifiedAt: facts.mtime, etag };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
