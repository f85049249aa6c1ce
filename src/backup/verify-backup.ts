import { join } from 'node:path';
import { type Checksum, checksumFile, checksumStream } from '../platform/storage/checksum.ts';
import { openLocalStorage } from '../platform/storage/local-storage.ts';
import type { Storage } from '../platform/storage/storage.ts';
import {
  DamagedBackup,
  getMediaDir,
  getTableFileName,
  isMissing,
  type Manifest,
  MEDIA_LIST_NAME,
  readManifest,
  readMediaList,
} from './backup-folder.ts';

/** A backup whose parts all match their checksums. */
export interface VerifiedBackup {
  folder: string;
  manifest: Manifest;
  media: Storage;
}

/**
 * Reads a whole backup and compares it with its checksums.
 *
 * @throws {DamagedBackup} naming the first part that differs.
 */
export async function verifyBackup(folder: string): Promise<VerifiedBackup> {
  const manifest = await readManifest(folder);
  for (const table of manifest.tables) {
    const name = getTableFileName(table.name);
    await compare(name, table.sha256, () => checksumFile(join(folder, name)));
  }
  await compare(MEDIA_LIST_NAME, manifest.media.sha256, () => checksumFile(join(folder, MEDIA_LIST_NAME)));
  const media = await openLocalStorage(getMediaDir(folder));
  for await (const entry of readMediaList(folder)) {
    if ('absent' in entry) continue;
    await compare(`media/${entry.key}`, entry.sha256, async () =>
      checksumStream(await media.open(entry.key)),
    );
  }
  return { folder, manifest, media };
}

async function compare(name: string, sha256: string, compute: () => Promise<Checksum>): Promise<void> {
  try {
    if ((await compute()).sha256 === sha256) return;
  } catch (error) {
    throw isMissing(error) ? new DamagedBackup(name, 'is missing', { cause: error }) : error;
  }
  throw new DamagedBackup(name, 'has another checksum');
}
