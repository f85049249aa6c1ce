import { createReadStream } from 'node:fs';
import { open as openFile, rm } from 'node:fs/promises';
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
import { NoSuchFile, type Storage, type StorageKey } from '../storage.ts';
import { isStorageKey, requireStorageKey } from '../storage-keys.ts';
import { openBucket, required, toBody } from './bucket.ts';
import { createDirectUploads } from './direct-uploads.ts';
import { createS3Check } from './health-check.ts';
import { sweepS3 } from './sweep.ts';

/**
 * Part size of a streamed upload: the minimum of S3, as each running upload holds about two parts in memory.
 */
const PART_BYTES = 5 * 1024 ** 2;
/** Maximum time without a byte during a download, which reads without pauses. */
const SILENCE_MILLISECONDS = 30_000;

/**
 * Opens a {@link Storage} in a bucket of S3 or of an S3-compatible store. An object appears atomically, when
 * its PUT or its multipart upload is complete; incomplete multipart uploads take the place of `temp/`. The
 * SDK finds the credentials: environment variables, a profile, or the role of the task or machine.
 */
export function openS3Storage(settings: S3Settings): Storage {
  const store = openBucket(settings);
  const { client, bucket } = store;
  const toLocation = (key: StorageKey) => ({ Bucket: bucket, Key: requireStorageKey(key) });
  const upload = (key: StorageKey, body: Readable) =>
    new Upload({
      client,
      params: { ...toLocation(key), ...store.encryption, Body: body },
      partSize: PART_BYTES,
      // Sequential parts: memory is limited to one part, and the first failure ends the upload.
      queueSize: 1,
    }).done();

  const open = async (key: StorageKey, range?: { start: number; end: number }) => {
    try {
      const bytes = range && { Range: `bytes=${range.start}-${range.end}` };
      return toBody(await client.send(new GetObjectCommand({ ...toLocation(key), ...bytes })));
    } catch (error) {
      throw error instanceof NoSuchKey ? new NoSuchFile(key, { cause: error }) : error;
    }
  };

  return {
    direct: createDirectUploads(store),
    open,

    async write(key, body, { maxBytes, checksum = false, signal }) {
      const counter = new ByteCounter({ maxBytes, checksum });
      const stored = upload(key, counter).catch(error => {
        // Without this the pipeline would wait for a reader forever.
        counter.destroy(error);
        throw error;
      });
      const [read, written] = await Promise.allSettled([
        pipeline(body, counter, { ...(signal && { signal }) }),
        stored,
      ]);
      // Both have ended, and nothing remains in the store. An error of the body takes precedence.
      if (read.status === 'rejected') throw read.reason;
      if (written.status === 'rejected') throw written.reason;
      return { sizeBytes: counter.sizeBytes, sha256: checksum ? counter.sha256() : null };
    },

    async upload(path, key) {
      await upload(key, createReadStream(path));
    },

    async download(key, path) {
      const body = await open(key);
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
    },

    async find(key) {
      try {
        const head = await client.send(new HeadObjectCommand(toLocation(key)));
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
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(toLocation(key)));
    },

    async *list(area) {
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
    },

    sweepTemp: (before, signal) => sweepS3(store, before, signal),

    check: createS3Check(store),
  };
}
