import { statfs } from 'node:fs/promises';
import { hasErrorCode } from '../../src/platform/process/system-errors.ts';

/** Less than one job needs for its files. */
const FULL_BELOW_BYTES = 16 * 1024 ** 2;

/** Error codes of a failing disk or mount, and of a process at its limit of open files or memory. */
const INFRASTRUCTURE_CODES = [
  ...['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ESTALE', 'ENODEV', 'ENXIO', 'ENOTCONN', 'ESHUTDOWN', 'EHOSTDOWN'],
  ...['ETIMEDOUT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'],
];

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
