/** A disk that is full, failing or read-only, or a stale mount. */
export const DISK_FAULT_CODES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ESTALE'];
/** A device or mount that is unavailable. */
export const MOUNT_FAULT_CODES: readonly string[] = [
  ...['ENODEV', 'ENXIO', 'ENOTCONN', 'ESHUTDOWN', 'EHOSTDOWN', 'ETIMEDOUT'],
];
/** A process at its limit of open files, memory or threads. */
export const RESOURCE_LIMIT_CODES: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'];
/** A server that cannot be reached. */
export const CONNECTION_FAULT_CODES: readonly string[] = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'],
];

/** Returns whether an error of Node or the operating system has one of these codes, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** Returns whether an error means that a file or folder does not exist. */
export const isFileNotFound = (error: unknown): boolean => hasErrorCode(error, 'ENOENT');
