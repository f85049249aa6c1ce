import { statfs } from 'node:fs/promises';
import {
  DISK_FAULT_CODES,
  hasErrorCode,
  MOUNT_FAULT_CODES,
  RESOURCE_LIMIT_CODES,
} from '../../src/platform/process/system-errors.ts';

/** Less than one job needs for its files. */
const FULL_BELOW_BYTES = 16 * 1024 ** 2;

const INFRASTRUCTURE_CODES = [...DISK_FAULT_CODES, ...MOUNT_FAULT_CODES, ...RESOURCE_LIMIT_CODES];

/** The disk has no room for the files of a job. */
export class DiskFull extends Error {
  override name = 'DiskFull';
}

/** Whether the filesystem of a folder has less room than a job needs. */
export async function isDiskFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < FULL_BELOW_BYTES;
}

/** Whether an error, or one of its causes, means that this host cannot process any video now. */
export function isInfrastructureError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DiskFull) return true;
  if (hasErrorCode(error, ...INFRASTRUCTURE_CODES)) return true;
  return isInfrastructureError(error.cause);
}
