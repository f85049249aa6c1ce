import { IncomingMessage } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../config/storage-settings.ts';

/** Each film that is being watched or sent holds one; the SDK's default is 50. */
const MOST_SOCKETS = 1000;
const CONNECT_MILLISECONDS = 3000;
/** For a request and the head of its answer; the longest body we send at once is a part. */
const REQUEST_MILLISECONDS = 30_000;

/** The client and whatever every request for a file needs. */
export interface S3Bucket {
  client: S3Client;
  bucket: string;
  /** How what is stored gets encrypted. */
  encryption: { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string };
}

/** Opens no connection yet. */
export function openBucket(settings: S3Settings): S3Bucket {
  const { bucket, region, endpoint } = settings;
  const agent = { maxSockets: MOST_SOCKETS };
  const client = new S3Client({
    region,
    // Other stores seldom have a name of its own for each bucket.
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    // What the SDK would add by default, a checksum behind the body, not every other store understands.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With it each part would get a connection of its own.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
      throwOnRequestTimeout: true,
      // Who watches a clip may pause, and the store's socket with it.
      socketTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  return { client, bucket, encryption: encryptionOf(settings) };
}

function encryptionOf({ encryption, kmsKey }: S3Settings): S3Bucket['encryption'] {
  if (encryption === 'none') return {};
  return { ServerSideEncryption: encryption, ...(kmsKey !== null && { SSEKMSKeyId: kmsKey }) };
}

/** The body of an answer, as the SDK gives it in Node. */
export function toBody({ Body: body }: { Body?: unknown }): IncomingMessage {
  if (body instanceof IncomingMessage) return body;
  throw new TypeError('The object store answered without a body');
}

/** A part of an answer that the protocol promises, and its types leave open. */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('The object store left out what it must tell');
  return value;
}
