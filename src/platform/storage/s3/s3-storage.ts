import { createReadStream } from 'node:fs';
import { open as openFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Settings } from '../../config/storage-settings.ts';
import { ByteCounter } from '../byte-counter.ts';
import { NoSuchFile, type Storage, type StorageKey, type StoredFile } from '../storage.ts';
import { isStorageKey, requireStorageKey } from '../storage-keys.ts';
import { openBucket, required, type S3Bucket, toBody } from './bucket.ts';
import { createDirectUploads } from './direct-uploads.ts';
import { createS3Check } from './health-check.ts';
import { sweepS3 } from './sweep.ts';

/** The minimum part size of S3, as each running upload holds about two parts in memory. */
const PART_BYTES = 5 * 1024 ** 2;
/** Maximum time without a byte during a download, which reads without pauses. */
const SILENCE_MILLISECONDS = 30_000;

/**
 * Opens a {@link Storage} in a bucket of S3 or of an S3-compatible store. An object appears atomically, when
 * its PUT or its multipart upload is complete. Incomplete multipart uploads take the place of `temp/`. The
 * SDK finds the credentials: environment variables, a profile, or the role of the task or machine.
 */
export function openS3Storage(settings: S3Settings): Storage {
  const store = openBucket(settings);
  return {
    direct: createDirectUploads(store),
    write: (key, body, options) => writeObject(store, key, body, options),
    upload: (path, key) => uploadObject(store, key, createReadStream(path)),
    download: (key, path) => downloadObject(store, key, path),
    find: key => findObject(store, key),
    open: (key, range) => openObject(store, key, range),
    async remove(key) {
      await store.client.send(new DeleteObjectCommand(toLocation(store, key)));
    },
    list: area => listObjects(store, area),
    sweepTemp: (before, signal) => sweepS3(store, before, signal),
    check: createS3Check(store),
  };
}

const toLocation = ({ bucket }: S3Bucket, key: StorageKey) => ({
  Bucket: bucket,
  Key: requireStorageKey(key),
});

async function uploadObject(store: S3Bucket, key: StorageKey, body: Readable): Promise<void> {
  const upload = new Upload({
    client: store.client,
    params: { ...toLocation(store, key), ...store.encryption, Body: body },
    partSize: PART_BYTES,
    // Sequential parts limit the memory to one part, and the first failure ends the upload.
    queueSize: 1,
  });
  await upload.done();
}

async function writeObject(
  store: S3Bucket,
  key: StorageKey,
  body: Readable,
  { maxBytes, checksum = false }: Parameters<Storage['write']>[2],
): ReturnType<Storage['write']> {
  const counter = new ByteCounter({ maxBytes, checksum });
  const stored = uploadObject(store, key, counter).catch(error => {
    // Otherwise the pipeline would wait for a reader forever.
    counter.destroy(error);
    throw error;
  });
  const [read, written] = await Promise.allSettled([pipeline(body, counter), stored]);
  // Both have ended, and nothing remains in the store. An error of the body takes precedence.
  if (read.status === 'rejected') throw read.reason;
  if (written.status === 'rejected') throw written.reason;
  return { sizeBytes: counter.sizeBytes, sha256: checksum ? counter.sha256() : null };
}

async function openObject(
  store: S3Bucket,
  key: StorageKey,
  range?: { start: number; end: number },
): Promise<IncomingMessage> {
  try {
    const bytes = range && { Range: `bytes=${range.start}-${range.end}` };
    return toBody(await store.client.send(new GetObjectCommand({ ...toLocation(store, key), ...bytes })));
  } catch (error) {
    throw error instanceof NoSuchKey ? new NoSuchFile(key, { cause: error }) : error;
  }
}

async function downloadObject(store: S3Bucket, key: StorageKey, path: string): Promise<void> {
  const body = await openObject(store, key);
  body.setTimeout(SILENCE_MILLISECONDS, () =>
    body.destroy(new Error(`The object store sent no data for ${SILENCE_MILLISECONDS} ms`)),
  );
  const file = await openFile(path, 'wx').catch(error => {
    body.destroy();
    throw error;
  });
  try {
    await pipeline(body, file.createWriteStream());
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function findObject(store: S3Bucket, key: StorageKey): Promise<StoredFile | null> {
  try {
    const head = await store.client.send(new HeadObjectCommand(toLocation(store, key)));
    return {
      key,
      sizeBytes: required(head.ContentLength),
      modifiedAt: required(head.LastModified),
      etag: required(head.ETag),
    };
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

async function* listObjects({ client, bucket }: S3Bucket, area: string): AsyncGenerator<StoredFile> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${area}/` });
  for await (const { Contents: objects = [] } of pages) {
    for (const object of objects) {
      const key = required(object.Key);
      // Other objects do not belong to the store.
      if (!isStorageKey(key)) continue;
      yield {
        key,
        sizeBytes: required(object.Size),
        modifiedAt: required(object.LastModified),
        etag: required(object.ETag),
      };
    }
  }
}
