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

/** Signed, so that the store refuses another value, and sent by the client as they are. */
const BOUND_HEADERS = new Set(['content-length', 'content-type', 'x-amz-server-side-encryption']);

/** Uploads to `temp/` by signed PUT, and copies within the bucket from there; no byte of them passes through us. */
export function createDirectUploads({ client, bucket, encryption }: S3Bucket): DirectUploads {
  const at = (key: StagedKey) => ({ Bucket: bucket, Key: requireStagedKey(key) });

  return {
    async presignPut(key, { sizeBytes, contentType, seconds }) {
      const expiresAt = new Date(Date.now() + seconds * 1000);
      const put = new PutObjectCommand({
        ...at(key),
        ...encryption,
        ContentLength: sizeBytes,
        ContentType: contentType,
      });
      const url = await getSignedUrl(client, put, {
        expiresIn: seconds,
        signableHeaders: new Set([...BOUND_HEADERS, 'host']),
        // In the URL they would be signed too, but not every store reads them there.
        unhoistableHeaders: BOUND_HEADERS,
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
        const head = await client.send(new HeadObjectCommand(at(key)));
        return { key, sizeBytes: required(head.ContentLength), etag: required(head.ETag) };
      } catch (error) {
        if (error instanceof NotFound) return null;
        throw error;
      }
    },

    async open({ key, etag }, bytes) {
      try {
        const range = { Range: `bytes=0-${bytes - 1}`, IfMatch: etag };
        return toBody(await client.send(new GetObjectCommand({ ...at(key), ...range })));
      } catch (error) {
        throw isGone(error) ? new NoSuchFile(key, { cause: error }) : error;
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
        throw isGone(error) ? new NoSuchFile(key, { cause: error }) : error;
      }
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(at(key)));
    },
  };
}

/** Missing, or with another etag. */
function isGone(error: unknown): boolean {
  return error instanceof S3ServiceException && [404, 412].includes(error.$metadata.httpStatusCode ?? 0);
}
