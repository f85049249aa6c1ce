import { statfs } from 'node:fs/promises';

/** Less than one job needs for its files. */
const FULL_BELOW_BYTES = 16 * 1024 ** 2;

/** What the system says when a disk or a mount is at fault, or this process has used up what it may hold open. */
const INFRASTRUCTURE_CODES: ReadonlySet<string> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ESTALE', 'ENODEV', 'ENXIO', 'ENOTCONN', 'ESHUTDOWN', 'EHOSTDOWN'],
  ...['ETIMEDOUT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'],
]);

/** The disk has no room for what a job writes. */
export class DiskFull extends Error {
  override name = 'DiskFull';
}

/** Whether the filesystem of a folder is as good as full. */
export async function isDiskFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < FULL_BELOW_BYTES;
}

/** Whether an error says that this host can't work at all just now, whichever the video. */
export function isInfrastructureError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DiskFull) return true;
  if ('code' in error && INFRASTRUCTURE_CODES.has(String(error.code))) return true;
  return isInfrastructureError(error.cause);
}
