import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Storage, StorageArea } from '../storage.ts';
import type { S3Bucket } from './bucket.ts';

/** Beside the files of an area, and none of them: its name is no key. */
const PROBE = '.check';
/** A write costs, what forbids it seldom changes, and health is asked for every few seconds by everybody. */
const WRITE_MILLISECONDS = 300_000;

/** Whether the bucket answers, asked each time, and takes a file in each area, tried now and then. */
export function createS3Check({ client, bucket, encryption }: S3Bucket): Storage['check'] {
  const writtenAt = new Map<StorageArea, number>();

  async function isWritable(area: StorageArea): Promise<boolean> {
    try {
      if (Date.now() - (writtenAt.get(area) ?? 0) < WRITE_MILLISECONDS) {
        await client.send(new HeadBucketCommand({ Bucket: bucket }));
      } else {
        const probe = { Bucket: bucket, Key: `${area}/${PROBE}`, ContentLength: 0, ...encryption };
        await client.send(new PutObjectCommand(probe));
        writtenAt.set(area, Date.now());
      }
      return true;
    } catch {
      // The answer is the boolean; which error it was matters to nobody.
      writtenAt.delete(area);
      return false;
    }
  }

  return async () => {
    const [original, processed, temp] = await Promise.all([
      isWritable('original'),
      isWritable('processed'),
      isWritable('temp'),
    ]);
    return { original, processed, temp };
  };
}
