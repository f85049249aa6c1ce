import type { Readable } from 'node:stream';

/**
 * The three areas of the store. `temp/` holds incomplete uploads, which are swept; clients never read from
 * it.
 */
export const STORAGE_AREAS = ['original', 'processed', 'temp'] as const;
export type StorageArea = (typeof STORAGE_AREAS)[number];

/** The name of a stored file: an area, then segments of letters, digits, `-`, `_` and inner dots. */
export type StorageKey = `${'original' | 'processed'}/${string}`;

/** The metadata of a stored file; `etag` changes with every change of the bytes. */
export interface StoredFile {
  key: StorageKey;
  sizeBytes: number;
  modifiedAt: Date;
  etag: string;
}

/** The body exceeds the limit; nothing was stored. */
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
 * Files shared by all API and worker processes. A key is either absent or holds a complete, durable file;
 * files appear atomically.
 */
export interface Storage {
  /** Uploads from clients directly to the store; null when the store does not support them. */
  readonly direct: DirectUploads | null;

  /**
   * Streams `body` into `key` in constant memory. Resolves when the file would survive a power cut, with its
   * size and, if `checksum` is set, its SHA-256 (hex). After a failure no part of the file remains.
   * @throws {BodyTooLarge} past `maxBytes`.
   */
  write(
    key: StorageKey,
    body: Readable,
    options: { maxBytes: number; checksum?: boolean },
  ): Promise<{ sizeBytes: number; sha256: string | null }>;

  /** Stores a complete local file under `key`; replaces an existing file atomically. */
  upload(path: string, key: StorageKey): Promise<void>;

  /**
   * Makes `key` readable at the local `path`, which must not exist yet. Callers must not change the file.
   * @throws {NoSuchFile}
   */
  download(key: StorageKey, path: string): Promise<void>;

  /** Returns the metadata of `key`, or null when no such file exists. */
  find(key: StorageKey): Promise<StoredFile | null>;

  /** Opens bytes `start` to `end` of `key`, both included, or the whole file. @throws {NoSuchFile} */
  open(key: StorageKey, range?: { start: number; end: number }): Promise<Readable>;

  /** Deletes `key`; a missing file is no error. */
  remove(key: StorageKey): Promise<void>;

  /** Lists all files of an area, in no particular order. */
  list(area: Exclude<StorageArea, 'temp'>): AsyncIterable<StoredFile>;

  /**
   * Deletes incomplete writes and staged objects that have not changed since `before`. Returns their number.
   * Stops early when `signal` aborts.
   */
  sweepTemp(before: Date, signal?: AbortSignal): Promise<number>;

  /** Returns for each area whether files can currently be written to it. */
  check(): Promise<Record<StorageArea, boolean>>;
}

/** The name of an object that a client has uploaded, until its promotion to a {@link StorageKey}. */
export type StagedKey = `temp/${string}`;

/** The metadata of an uploaded object before its promotion. */
export interface StagedObject {
  key: StagedKey;
  sizeBytes: number;
  etag: string;
}

/** The request that stores a staged object: PUT to `url` with all of `headers`. */
export interface PresignedUpload {
  url: string;
  headers: Record<string, string>;
  expiresAt: Date;
}

/** Uploads that clients send directly to the store. They stay in `temp/` until their promotion. */
export interface DirectUploads {
  /** Returns a request that stores exactly `sizeBytes` of `contentType` under `key`, valid for `seconds`. */
  presignPut(
    key: StagedKey,
    file: { sizeBytes: number; contentType: string; seconds: number },
  ): Promise<PresignedUpload>;

  /** Returns the metadata of `key`, or null when nothing was uploaded. */
  find(key: StagedKey): Promise<StagedObject | null>;

  /** Opens the first `bytes` of a staged object. @throws {NoSuchFile} also when the object has changed. */
  open(file: StagedObject, bytes: number): Promise<Readable>;

  /**
   * Copies a staged object to `key` within the store, atomically.
   * @throws {NoSuchFile} also when the object has changed.
   */
  promote(file: StagedObject, key: StorageKey): Promise<void>;

  /** Deletes a staged object; a missing one is no error. */
  remove(key: StagedKey): Promise<void>;
}
