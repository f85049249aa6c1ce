import { z } from 'zod';
import type { SettingValues } from './env-values.ts';

/** Settings of the file storage: a shared folder or an S3 bucket. */
export const STORAGE_SETTINGS = {
  STORAGE_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder shared by all API and worker processes; contains original/, processed/ and temp/. Required without S3_BUCKET.',
    ),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional()
    .describe(
      'Bucket that stores the files instead of STORAGE_DIR. Credentials come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, a profile, or the role of the task or machine.',
    ),
  S3_REGION: z.string().min(1).default('us-east-1').describe('AWS region of the bucket.'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('URL of an S3-compatible store with path-style addressing. Defaults to AWS.'),
  S3_ENCRYPTION: z
    .enum(['AES256', 'aws:kms', 'none'])
    .default('AES256')
    .describe("Server-side encryption of stored files; `none` applies the bucket's default."),
  S3_KMS_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("KMS key for `aws:kms`. Defaults to the account's key for S3."),
};

/** A bucket and its access settings. */
export interface S3Settings {
  kind: 's3';
  bucket: string;
  region: string;
  /** Null for AWS. */
  endpoint: string | null;
  encryption: 'AES256' | 'aws:kms' | 'none';
  /** Null for the account's default key. */
  kmsKey: string | null;
}

export type StorageSettings = S3Settings | { kind: 'local'; dir: string };

type StorageEnv = SettingValues<typeof STORAGE_SETTINGS>;

/** Returns the storage that the settings select; call {@link findStorageProblems} first. */
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

/** Returns the conflicts between these settings. */
export function findStorageProblems(env: StorageEnv & { MEDIA_ACCEL_PREFIX?: string | undefined }): string[] {
  const problems: string[] = [];
  if (!env.STORAGE_DIR && !env.S3_BUCKET) problems.push('STORAGE_DIR: required without S3_BUCKET');
  if (env.S3_BUCKET && env.MEDIA_ACCEL_PREFIX) {
    problems.push('MEDIA_ACCEL_PREFIX: not allowed with S3_BUCKET, as nginx has no local files to send');
  }
  return problems;
}
