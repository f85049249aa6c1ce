import { z } from 'zod';
import { wholeNumber } from './env-values.ts';

/** Where files are kept, and how long links to them live. */
export const STORAGE_SETTINGS = {
  STORAGE_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder that every API and worker process shares; holds original/, processed/ and temp/. Required without S3_BUCKET.',
    ),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional()
    .describe(
      'Bucket that keeps the files in place of STORAGE_DIR. Its keys come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, a profile, or the role of the task or machine.',
    ),
  S3_REGION: z.string().min(1).default('us-east-1').describe('Region of the bucket.'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of a store that speaks the S3 protocol, with the bucket in the path; AWS when unset.'),
  S3_ENCRYPTION: z
    .enum(['AES256', 'aws:kms', 'none'])
    .default('AES256')
    .describe('How the store encrypts what it keeps; `none` leaves it to the bucket.'),
  S3_KMS_KEY: z.string().min(1).optional().describe('Key for `aws:kms`; that of the account when unset.'),
  ORIGINAL_LINK_SECONDS: wholeNumber(10, 86_400)
    .default(300)
    .describe('Life of a signed link to an original.'),
  UPLOAD_LINK_SECONDS: wholeNumber(10, 604_800)
    .default(1800)
    .describe('How long a player has to send a file straight to the bucket.'),
};

/** A bucket, and how to reach and use it. */
export interface S3Settings {
  kind: 's3';
  bucket: string;
  region: string;
  /** Null for AWS itself. */
  endpoint: string | null;
  encryption: 'AES256' | 'aws:kms' | 'none';
  /** Null for the account's own. */
  kmsKey: string | null;
}

export type StorageSettings = S3Settings | { kind: 'local'; dir: string };

interface StorageEnv {
  STORAGE_DIR?: string | undefined;
  S3_BUCKET?: string | undefined;
  S3_REGION: string;
  S3_ENDPOINT?: string | undefined;
  S3_ENCRYPTION: S3Settings['encryption'];
  S3_KMS_KEY?: string | undefined;
  MEDIA_ACCEL_PREFIX?: string | undefined;
}

/** The settings of {@link STORAGE_SETTINGS} as they apply, once {@link storageProblems} has none. */
export function toStorageSettings(env: StorageEnv): StorageSettings {
  if (env.S3_BUCKET === undefined) return { kind: 'local', dir: env.STORAGE_DIR ?? '' };
  return {
    kind: 's3',
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    endpoint: env.S3_ENDPOINT ?? null,
    encryption: env.S3_ENCRYPTION,
    kmsKey: env.S3_KMS_KEY ?? null,
  };
}

/** What is wrong with them together. */
export function storageProblems(env: StorageEnv): string[] {
  const problems: string[] = [];
  if (!env.STORAGE_DIR && !env.S3_BUCKET) problems.push('STORAGE_DIR: required without S3_BUCKET');
  if (env.S3_BUCKET && env.MEDIA_ACCEL_PREFIX) {
    problems.push('MEDIA_ACCEL_PREFIX: nginx has no files to send when they are in S3_BUCKET');
  }
  return problems;
}
