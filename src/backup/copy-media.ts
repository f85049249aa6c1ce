import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../platform/database/database.ts';
import { type Checksum, checksumFile, checksumStream } from '../platform/storage/checksum.ts';
import { openLocalStorage } from '../platform/storage/local-storage.ts';
import { NoSuchFile, type Storage, type StorageKey } from '../platform/storage/storage.ts';
import { toVideoId } from '../videos/files/video-files.ts';
import { getMediaDir, MEDIA_KEY, MEDIA_LIST_NAME, type MediaEntry, readLines } from './backup-folder.ts';

/** The numbers of copied and absent files. */
export interface CopiedMedia {
  files: number;
  sizeBytes: number;
  /** Files that were deleted with their rows during the backup; none is lost. */
  deleted: number;
  /** Files that the store lacks although their rows exist; the listing has their keys. */
  missing: number;
}

/** Copies the files with the keys in the file `keysPath`, and writes their listing with checksums. */
export async function copyMedia(
  { database, storage }: { database: Database; storage: Storage },
  folder: string,
  keysPath: string,
): Promise<CopiedMedia & { listing: Checksum }> {
  const copies = await openLocalStorage(getMediaDir(folder));
  // Removes the unfinished files of an interrupted run.
  await copies.sweepTemp(new Date());
  const copied: CopiedMedia = { files: 0, sizeBytes: 0, deleted: 0, missing: 0 };
  const listPath = join(folder, MEDIA_LIST_NAME);
  const list = await open(listPath, 'w');
  try {
    for await (const line of readLines(keysPath)) {
      const key = MEDIA_KEY.parse(line);
      const entry = await copyOne(key);
      await list.appendFile(`${JSON.stringify(entry)}\n`);
      if (!('absent' in entry)) {
        copied.files++;
        copied.sizeBytes += entry.sizeBytes;
      } else if (entry.absent === 'DELETED') copied.deleted++;
      else copied.missing++;
    }
    await list.sync();
  } finally {
    await list.close();
  }
  return { ...copied, listing: await checksumFile(listPath) };

  async function copyOne(key: StorageKey): Promise<MediaEntry> {
    try {
      return { key, ...(await copyFile(storage, copies, key)) };
    } catch (error) {
      if (!(error instanceof NoSuchFile)) throw error;
      const videoId = toVideoId(key);
      const rows = await database.em.fork().execute('select from videos where id = ?', [videoId]);
      return { key, absent: rows.length > 0 ? 'MISSING' : 'DELETED' };
    }
  }
}

/**
 * Copies a file from one store to another, unless it exists there; returns the checksum of the copy.
 *
 * @throws {NoSuchFile}
 */
export async function copyFile(from: Storage, to: Storage, key: StorageKey): Promise<Checksum> {
  const [source, existing] = [await from.find(key), await to.find(key)];
  if (source === null) throw new NoSuchFile(key);
  // An earlier run has copied the file. The copy is complete, as files appear in a store atomically.
  if (existing?.sizeBytes === source.sizeBytes) return checksumStream(await to.open(key));
  const { sizeBytes, sha256 } = await to.write(key, await from.open(key), {
    maxBytes: Number.MAX_SAFE_INTEGER,
    checksum: true,
  });
  return { sizeBytes, sha256: sha256 ?? '' };
}
