import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type MultipartUpload,
  NoSuchUpload,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { isStagedKey } from '../storage-keys.ts';
import { required, type S3Bucket } from './bucket.ts';

/**
 * Aborts the multipart uploads and deletes the staged objects that have not changed since `before`. Returns
 * their number. Stops early when `signal` aborts.
 */
export async function sweepS3(store: S3Bucket, before: Date, signal?: AbortSignal): Promise<number> {
  let swept = 0;
  for (const area of ['original', 'processed']) {
    for await (const upload of listMultipartUploads(store, `${area}/`)) {
      if (signal?.aborted) return swept;
      if (required(upload.Initiated) > before || (await hasPartSince(store, upload, before))) continue;
      if (await abort(store, upload)) swept++;
    }
  }
  const { client, bucket } = store;
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: 'temp/' });
  for await (const { Contents: objects = [] } of pages) {
    for (const { Key: key, LastModified: modifiedAt } of objects) {
      if (signal?.aborted) return swept;
      if (!isStagedKey(required(key)) || required(modifiedAt) > before) continue;
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      swept++;
    }
  }
  return swept;
}

async function* listMultipartUploads(
  { client, bucket }: S3Bucket,
  prefix: string,
): AsyncGenerator<MultipartUpload> {
  let marker = {};
  for (let more = true; more; ) {
    const page = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
    );
    yield* page.Uploads ?? [];
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    more = page.IsTruncated ?? false;
  }
}

/** Returns whether a part has arrived since `since`: a slow upload may have started long before. */
async function hasPartSince({ client, bucket }: S3Bucket, { Key, UploadId }: MultipartUpload, since: Date) {
  let marker: string | undefined;
  try {
    // The SDK's paginator would not end, as it checks only the marker, which the last page has too.
    for (let more = true; more; ) {
      const page = await client.send(
        new ListPartsCommand({ Bucket: bucket, Key, UploadId, PartNumberMarker: marker }),
      );
      if (page.Parts?.some(part => required(part.LastModified) > since)) return true;
      marker = page.NextPartNumberMarker;
      more = page.IsTruncated ?? false;
    }
    return false;
  } catch (error) {
    // The upload was completed after the listing.
    if (error instanceof NoSuchUpload) return true;
    throw error;
  }
}

async function abort({ client, bucket }: S3Bucket, { Key, UploadId }: MultipartUpload): Promise<boolean> {
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchUpload) return false;
    throw error;
  }
}
