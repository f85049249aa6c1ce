import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Storage, StorageArea } from '../storage.ts';
import type { S3Bucket } from './bucket.ts';

/** The object that a check writes in each area; not a valid key, so listings omit it. */
const PROBE = '.check';
/**
 * Interval between test writes: a write has a price, permissions seldom change, and checks run every few
 * seconds.
 */
const WRITE_MILLISECONDS = 300_000;

/**
 * Creates a check that sends a request to the bucket each time and writes to each area every five minutes.
 */
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
      // Callers need only the boolean.
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
