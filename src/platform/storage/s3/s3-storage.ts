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

/** Of a body that comes as a stream: the least that S3 takes, as each upload under way holds about two in memory. */
const PART_BYTES = 5 * 1024 ** 2;
/** Without a byte from the store, of a file that we read as fast as it comes. */
const SILENT_MILLISECONDS = 30_000;

/**
 * A {@link Storage} in a bucket of S3 or of a store that speaks its protocol. An object takes its key in one step, when
 * its PUT or its multipart upload is complete; until then it is an unfinished upload, which is this store's `temp/`. Keys
 * come from where the SDK finds them: variables, a profile, the role of the task or the machine.
 */
export function openS3Storage(settings: S3Settings): Storage {
  const store = openBucket(settings);
  const { client, bucket } = store;
  const at = (key: StorageKey) => ({ Bucket: bucket, Key: requireStorageKey(key) });
  const upload = (key: StorageKey, body: Readable) =>
    new Upload({
      client,
      params: { ...at(key), ...store.encryption, Body: body },
      partSize: PART_BYTES,
      // One part after the other: memory stays that of one, and the first failure ends the body.
      queueSize: 1,
    }).done();

  const open = async (key: StorageKey, range?: { start: number; end: number }) => {
    try {
      const bytes = range && { Range: `bytes=${range.start}-${range.end}` };
      return toBody(await client.send(new GetObjectCommand({ ...at(key), ...bytes })));
    } catch (error) {
      throw error instanceof NoSuchKey ? new NoSuchFile(key, { cause: error }) : error;
    }
  };

  return {
    direct: createDirectUploads(store),
    open,

    async write(key, body, { maxBytes, checksum = false, signal }) {
      const meter = new ByteCounter(maxBytes, checksum);
      const stored = upload(key, meter).catch(error => {
        // Else the pipeline would wait for a reader for ever.
        meter.destroy(error);
        throw error;
      });
      const [read, written] = await Promise.allSettled([
        pipeline(body, meter, { ...(signal && { signal }) }),
        stored,
      ]);
      // Both are over, and nothing is left behind. What broke the body is what the caller has to know.
      if (read.status === 'rejected') throw read.reason;
      if (written.status === 'rejected') throw written.reason;
      return meter.result();
    },

    async upload(path, key) {
      await upload(key, createReadStream(path));
    },

    async download(key, path) {
      const body = await open(key);
      body.setTimeout(SILENT_MILLISECONDS, () =>
        body.destroy(new Error('The object store fell silent within a file')),
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
        const head = await client.send(new HeadObjectCommand(at(key)));
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
      await client.send(new DeleteObjectCommand(at(key)));
    },

    async *list(area) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${area}/` });
      for await (const { Contents: objects = [] } of pages) {
        for (const object of objects) {
          const key = required(object.Key);
          // Whatever else is there is not ours.
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
