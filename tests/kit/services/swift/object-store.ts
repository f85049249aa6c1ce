import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { startChild, untilReady } from '../../../../scripts/process/child.ts';
import { findProgram, withTools } from '../../../../scripts/stack/find-program.ts';
import { anyFreePort } from '../../../../scripts/stack/ports.ts';
import { hasErrorCode } from '../../../../src/platform/process/system-errors.ts';

const SERVER = join(import.meta.dirname, 'serve.py');
const BUCKET = 'anb-media';
/** Small, so that a listing of a few dozen files has several pages. */
const PAGE_SIZE = 25;

/** A dedicated S3-compatible server with an empty bucket. */
export interface ObjectStore {
  /** Environment variables that make a process store its files there, with the access keys. */
  env: { S3_BUCKET: string; S3_ENDPOINT: string; AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
  /** Data folder of the server. */
  folder: string;
  /** Client with the administrator's keys. */
  client: S3Client;
  /** Lists every key in the bucket, in order. */
  keys(): Promise<string[]>;
  /** Counts multipart uploads that are neither completed nor aborted. */
  countUnfinishedUploads(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts OpenStack Swift with its S3 API in a folder below `runDir`; takes about 3 s. The caller stops it.
 */
export async function startObjectStore(runDir: string): Promise<ObjectStore> {
  const folder = await mkdtemp(join(runDir, 'object-store-'));
  const port = await anyFreePort();
  const keys = { accessKeyId: 'anb:anb', secretAccessKey: randomUUID() };
  const child = await startChild({
    name: 'Swift',
    command: findProgram('swift-python', withTools(process.env.PATH)),
    args: [SERVER],
    input: JSON.stringify({
      folder,
      port,
      accessKey: keys.accessKeyId,
      secretKey: keys.secretAccessKey,
      pageSize: PAGE_SIZE,
    }),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    logPath: join(folder, 'swift.log'),
    pidPath: join(runDir, `swift-${port}.service.pid`),
    stop: { signal: 'SIGTERM', graceSeconds: 5 },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: keys,
    maxAttempts: 1,
  });
  const createBucket = () =>
    client.send(new CreateBucketCommand({ Bucket: BUCKET })).then(
      () => true,
      error => {
        if (hasErrorCode(error, 'ECONNREFUSED')) return false;
        throw error;
      },
    );
  await untilReady(child, createBucket, { deadlineSeconds: 60 });

  return {
    env: {
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    },
    folder,
    client,
    async keys() {
      const pages = await Array.fromAsync(paginateListObjectsV2({ client }, { Bucket: BUCKET }));
      return pages.flatMap(({ Contents = [] }) => Contents.flatMap(({ Key }) => Key ?? []));
    },
    async countUnfinishedUploads() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
      return Uploads.length;
    },
    async stop() {
      client.destroy();
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
