import type { Readable } from 'node:stream';

/** The three folders of the store. `temp/` is for what is on its way in and is swept; it is never read from outside. */
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
  readonly key: StorageKey | StagedKey;

  constructor(key: StorageKey | StagedKey, options?: ErrorOptions) {
    super(`No file is stored under ${key}`, options);
    this.key = key;
  }
}

/**
 * Files shared by every API and worker process. A key is either absent or holds a whole, durable file, which takes its
 * name in one step.
 */
export interface Storage {
  /** How clients can send files to the store without us in between; null where they can't. */
  readonly direct: DirectUploads | null;

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

  /** Deletes unfinished writes and pending files untouched since `before`; the number of them. Ends early when `signal` aborts. */
  sweepTemp(before: Date, signal?: AbortSignal): Promise<number>;

  /** Whether a file can be written in each area right now. */
  check(): Promise<Record<StorageArea, boolean>>;
}

/** Names a file that a client has sent to the store, until it is taken over under a {@link StorageKey}. */
export type StagedKey = `temp/${string}`;

export interface StagedObject {
  key: StagedKey;
  sizeBytes: number;
  etag: string;
}

/** The one request that stores a pending file: PUT, to `url`, with all of `headers`. */
export interface PresignedUpload {
  url: string;
  headers: Record<string, string>;
  expiresAt: Date;
}

/** Files that clients send to the store itself. Nothing of them shows in the other areas before it is taken. */
export interface DirectUploads {
  /** Lets whoever has the answer store exactly `sizeBytes` of `contentType` under `key`, for so many `seconds`. */
  presignPut(
    key: StagedKey,
    file: { sizeBytes: number; contentType: string; seconds: number },
  ): Promise<PresignedUpload>;

  /** What was sent under `key`, or null when nothing was. */
  find(key: StagedKey): Promise<StagedObject | null>;

  /** The first `bytes` of a pending file, or all of a shorter one. @throws {NoSuchFile} also when it has changed. */
  open(file: StagedObject, bytes: number): Promise<Readable>;

  /** Copies a pending file to `key` within the store, in one step. @throws {NoSuchFile} also when it has changed. */
  promote(file: StagedObject, key: StorageKey): Promise<void>;

  /** Removes a pending file; a missing one is no error. */
  remove(key: StagedKey): Promise<void>;
}
