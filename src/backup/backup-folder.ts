import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { isFileNotFound } from '../platform/process/system-errors.ts';
import { checksumFile } from '../platform/storage/checksum.ts';
import { NoSuchFile } from '../platform/storage/storage.ts';

/*
 * A backup is a folder:
 *   manifest.json           the parts with their checksums
 *   manifest.json.sha256    the checksum of the manifest, in the format of sha256sum
 *   database/TABLE.copy     the rows of a table, all tables in one snapshot
 *   media.jsonl             the files that the rows name, one per line
 *   media/                  those files, with the layout of the store
 */

const TABLE = z.object({
  // The name is also part of a file name.
  name: z.string().regex(/^\w+$/),
  columns: z.array(z.string()).min(1),
  rows: z.int(),
  sizeBytes: z.int(),
  sha256: z.hash('sha256'),
});

const MANIFEST = z.object({
  format: z.literal(1),
  /** The time by the database's clock. The backup contains every transaction that committed earlier. */
  takenAt: z.iso.datetime({ offset: true }),
  migrations: z.array(z.string()).min(1),
  sequences: z.array(z.object({ name: z.string(), lastValue: z.string() })),
  /** The tables in an order in which each follows those that it references. */
  tables: z.array(TABLE),
  media: z.object({
    files: z.int(),
    sizeBytes: z.int(),
    /** The checksum of the listing. */
    sha256: z.hash('sha256'),
  }),
});
export type Manifest = z.output<typeof MANIFEST>;
export type TableCopy = z.output<typeof TABLE>;

export const MEDIA_KEY = z.templateLiteral([z.enum(['original', 'processed']), '/', z.string()]);

/**
 * A file that a row names. An absent file was `DELETED` with its row during the backup, or is `MISSING` in
 * the store.
 */
const MEDIA_ENTRY = z.union([
  z.object({ key: MEDIA_KEY, sizeBytes: z.int(), sha256: z.hash('sha256') }),
  z.object({ key: MEDIA_KEY, absent: z.enum(['DELETED', 'MISSING']) }),
]);
export type MediaEntry = z.output<typeof MEDIA_ENTRY>;

/** A part of a backup is missing or differs from its checksum; the message names the part. */
export class DamagedBackup extends Error {
  override name = 'DamagedBackup';

  constructor(part: string, problem: string, options?: ErrorOptions) {
    super(`The backup is damaged: ${part} ${problem}`, options);
  }
}

const MANIFEST_NAME = 'manifest.json';
export const MEDIA_LIST_NAME = 'media.jsonl';
export const getMediaDir = (folder: string): string => join(folder, 'media');
export const getTableFileName = (table: string): string => join('database', `${table}.copy`);

/** Returns whether a part of the backup does not exist, on disk or in the store of its media. */
export const isMissing = (error: unknown): boolean => error instanceof NoSuchFile || isFileNotFound(error);

/** Writes the manifest. This must be the last step, as a folder without a manifest is no backup. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, MANIFEST_NAME);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  const { sha256 } = await checksumFile(path);
  await writeFile(`${path}.sha256`, `${sha256}  ${MANIFEST_NAME}\n`, { flush: true });
}

/** Reads and verifies the manifest. @throws {DamagedBackup} */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_NAME);
  const read = (name: string) =>
    readFile(join(folder, name), 'utf8').catch(error => {
      throw isMissing(error) ? new DamagedBackup(name, 'is missing', { cause: error }) : error;
    });
  const [text, checksum] = [await read(MANIFEST_NAME), await read(`${MANIFEST_NAME}.sha256`)];
  const { sha256 } = await checksumFile(path);
  if (!checksum.startsWith(`${sha256} `)) throw new DamagedBackup(MANIFEST_NAME, 'has another checksum');
  return MANIFEST.parse(JSON.parse(text));
}

/** Yields the entries of the listing. @throws {DamagedBackup} */
export async function* readMediaList(folder: string): AsyncGenerator<MediaEntry> {
  let number = 0;
  for await (const line of readLines(join(folder, MEDIA_LIST_NAME))) {
    number++;
    try {
      yield MEDIA_ENTRY.parse(JSON.parse(line));
    } catch (error) {
      throw new DamagedBackup(`line ${number} of ${MEDIA_LIST_NAME}`, 'cannot be read', { cause: error });
    }
  }
}

/** Returns the lines of a text file one by one, in constant memory. */
export const readLines = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
