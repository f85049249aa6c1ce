import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type DirectUploads, NoSuchFile, type StagedKey } from '../storage.ts';
import { requireStagedKey, requireStorageKey } from '../storage-keys.ts';
import { required, type S3Bucket, toBody } from './bucket.ts';

/** The store refuses other values of these signed headers; clients send them unchanged. */
const SIGNED_HEADERS = new Set(['content-length', 'content-type', 'x-amz-server-side-encryption']);

/**
 * Creates uploads to `temp/` by presigned PUT, and copies within the bucket; no byte passes through this
 * process.
 */
export function createDirectUploads({ client, bucket, encryption }: S3Bucket): DirectUploads {
  const toLocation = (key: StagedKey) => ({ Bucket: bucket, Key: requireStagedKey(key) });

  return {
    async presignPut(key, { sizeBytes, contentType, seconds }) {
      const expiresAt = new Date(Date.now() + seconds * 1000);
      const put = new PutObjectCommand({
        ...toLocation(key),
        ...encryption,
        ContentLength: sizeBytes,
        ContentType: contentType,
      });
      const url = await getSignedUrl(client, put, {
        expiresIn: seconds,
        signableHeaders: new Set([...SIGNED_HEADERS, 'host']),
        // The URL could carry them too, but not every store reads them there.
        unhoistableHeaders: SIGNED_HEADERS,
      });
      const { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId } = encryption;
      return {
        url,
        headers: {
          'content-type': contentType,
          ...(algorithm && { 'x-amz-server-side-encryption': algorithm }),
          ...(keyId && { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
        },
        expiresAt,
      };
    },

    async find(key) {
      try {
        const head = await client.send(new HeadObjectCommand(toLocation(key)));
        return { key, sizeBytes: required(head.ContentLength), etag: required(head.ETag) };
      } catch (error) {
        if (error instanceof NotFound) return null;
        throw error;
      }
    },

    async open({ key, etag }, bytes) {
      try {
        const range = { Range: `bytes=0-${bytes - 1}`, IfMatch: etag };
        return toBody(await client.send(new GetObjectCommand({ ...toLocation(key), ...range })));
      } catch (error) {
        throw isMissingOrChanged(error) ? new NoSuchFile(key, { cause: error }) : error;
      }
    },

    async promote({ key, etag }, target) {
      try {
        await client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: requireStorageKey(target),
            CopySource: `${bucket}/${key}`,
            CopySourceIfMatch: etag,
            ...encryption,
          }),
        );
      } catch (error) {
        throw isMissingOrChanged(error) ? new NoSuchFile(key, { cause: error }) : error;
      }
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(toLocation(key)));
    },
  };
}

/** Returns whether the object is missing or has another etag. */
function isMissingOrChanged(error: unknown): boolean {
  return error instanceof S3ServiceException && [404, 412].includes(error.$metadata.httpStatusCode ?? 0);
}
