import type { Readable } from 'node:stream';

/** The three folders of the store. `temp/` is for writes under way and is swept; it is never read from outside. */
export const STORAGE_AREAS = ['original', 'processed', 'temp'] as const;
export type StorageArea = (typeof STORAGE_AREAS)[number];

/** Names one stored file: an area, then segments of letters, digits, `-`, `_` and inner dots. */
export type StorageKey = `${'original' | 'processed'}/${string}`;

/** Facts about a stored file; `etag` changes whenever the bytes do. */
export interface StoredFile {
  key: StorageKey;
  sizeBytes: number;
  modifiedAt: Date;
  etag: string;
}

/** The body went past the limit; nothing was kept. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`The body is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/** No file has this key. */
export class NoSuchFile extends Error {
  override name = 'NoSuchFile';
  readonly key: StorageKey;

  constructor(key: StorageKey, options?: ErrorOptions) {
    super(`No file is stored under ${key}`, options);
    this.key = key;
  }
}

/**
 * Files shared by every API and worker process. A key is either absent or holds a whole, durable file: every write
 * goes to `temp/`, is flushed to the disk and then takes its name in one step.
 */
export interface Storage {
  /**
   * Streams `body` into `key` in constant memory; resolves with its size, and with its SHA-256 (hex) when asked for,
   * once it would survive a power cut.
   * @throws {BodyTooLarge} past `maxBytes`. Whatever fails, no part of the file stays behind.
   */
  write(
    key: StorageKey,
    body: Readable,
    options: { maxBytes: number; checksum?: boolean; signal?: AbortSignal },
  ): Promise<{ sizeBytes: number; sha256: string | null }>;

  /** Stores a finished local file under `key`, replacing what was there in one step. */
  upload(path: string, key: StorageKey): Promise<void>;

  /** Makes `key` readable at the local `path`, which must not exist yet. The file there is not to be changed. @throws {NoSuchFile} */
  download(key: StorageKey, path: string): Promise<void>;

  /** Facts about `key`, or null when nothing is stored there. */
  find(key: StorageKey): Promise<StoredFile | null>;

  /** Bytes `start` to `end`, both included, of `key`; all of it without a range. @throws {NoSuchFile} */
  open(key: StorageKey, range?: { start: number; end: number }): Promise<Readable>;

  /** Removes `key`; a missing file is no error. */
  remove(key: StorageKey): Promise<void>;

  /** Every stored key of an area, in no particular order. */
  list(area: Exclude<StorageArea, 'temp'>): AsyncIterable<StoredFile>;

  /** Deletes unfinished writes untouched since `before`; the number of files deleted. */
  sweepTemp(before: Date): Promise<number>;

  /** Whether a file can be written in each area right now. */
  check(): Promise<Record<StorageArea, boolean>>;
}
