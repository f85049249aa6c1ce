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
import { type DirectUploads, NoSuchFile, type PresignedUpload, type StagedKey } from '../storage.ts';
import { requireStagedKey, requireStorageKey } from '../storage-keys.ts';
import { required, type S3Bucket, toBody } from './bucket.ts';

/** The store refuses other values of these signed headers; clients send them unchanged. */
const SIGNED_HEADERS = new Set(['content-length', 'content-type', 'x-amz-server-side-encryption']);

/**
 * Creates uploads to `temp/` by presigned PUT. Files are copied within the bucket, not through this process.
 */
export function createDirectUploads(store: S3Bucket): DirectUploads {
  const { client, bucket, encryption } = store;

  return {
    presignPut: (key, file) => presignPut(store, key, file),

    async find(key) {
      try {
        const head = await client.send(new HeadObjectCommand(toLocation(store, key)));
        return { key, sizeBytes: required(head.ContentLength), etag: required(head.ETag) };
      } catch (error) {
        if (error instanceof NotFound) return null;
        throw error;
      }
    },

    async open({ key, etag }, bytes) {
      try {
        const range = { Range: `bytes=0-${bytes - 1}`, IfMatch: etag };
        return toBody(await client.send(new GetObjectCommand({ ...toLocation(store, key), ...range })));
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
      await client.send(new DeleteObjectCommand(toLocation(store, key)));
    },
  };
}

const toLocation = ({ bucket }: S3Bucket, key: StagedKey) => ({ Bucket: bucket, Key: requireStagedKey(key) });

async function presignPut(
  store: S3Bucket,
  key: StagedKey,
  { sizeBytes, contentType, seconds }: Parameters<DirectUploads['presignPut']>[1],
): Promise<PresignedUpload> {
  const { client, encryption } = store;
  const expiresAt = new Date(Date.now() + seconds * 1000);
  const put = new PutObjectCommand({
    ...toLocation(store, key),
    ...encryption,
    ContentLength: sizeBytes,
    ContentType: contentType,
  });
  const url = await getSignedUrl(client, put, {
    expiresIn: seconds,
    signableHeaders: new Set([...SIGNED_HEADERS, 'host']),
    // The URL could contain these headers too, but not every store reads them there.
    unhoistableHeaders: SIGNED_HEADERS,
  });
  const { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId } = encryption;
  const headers = {
    'content-type': contentType,
    ...(algorithm && { 'x-amz-server-side-encryption': algorithm }),
    ...(keyId && { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
  };
  return { url, headers, expiresAt };
}

/** Returns whether the object is missing or has another etag. */
function isMissingOrChanged(error: unknown): boolean {
  return error instanceof S3ServiceException && [404, 412].includes(error.$metadata.httpStatusCode ?? 0);
}
