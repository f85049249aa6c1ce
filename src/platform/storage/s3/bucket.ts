import { IncomingMessage } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../config/storage-settings.ts';

/** Each running download or upload uses one socket; the SDK's default is 50. */
const MAX_SOCKETS = 1000;
const CONNECT_MILLISECONDS = 3000;
/** Timeout of a request up to the response headers; the largest request body is one part. */
const REQUEST_MILLISECONDS = 30_000;

/** The client and the parameters that all requests for files share. */
export interface S3Bucket {
  client: S3Client;
  bucket: string;
  /** Encryption parameters for stored objects. */
  encryption: { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string };
}

/** Creates the client; opens no connection yet. */
export function openBucket(settings: S3Settings): S3Bucket {
  const { bucket, region, endpoint } = settings;
  const agent = { maxSockets: MAX_SOCKETS };
  const client = new S3Client({
    region,
    // S3-compatible stores seldom have a host name per bucket.
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    // By default the SDK adds a trailing checksum, which not every S3-compatible store accepts.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With `Expect: 100-continue` each part would need its own connection.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
      throwOnRequestTimeout: true,
      // A viewer may pause a clip, which pauses the store's socket.
      socketTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  return { client, bucket, encryption: toEncryption(settings) };
}

function toEncryption({ encryption, kmsKey }: S3Settings): S3Bucket['encryption'] {
  if (encryption === 'none') return {};
  return { ServerSideEncryption: encryption, ...(kmsKey !== null && { SSEKMSKeyId: kmsKey }) };
}

/** Returns the body of a response. @throws {TypeError} for a response without one. */
export function toBody({ Body: body }: { Body?: unknown }): IncomingMessage {
  if (body instanceof IncomingMessage) return body;
  throw new TypeError('The object store sent a response without a body');
}

/**
 * Returns a response field that the protocol requires but the SDK's types make optional.
 * @throws {TypeError}
 */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('The object store omitted a required field');
  return value;
}
