/** Whether an error of Node or the operating system has one of these codes, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** Whether a file or folder does not exist. */
export const isFileNotFound = (error: unknown): boolean => hasErrorCode(error, 'ENOENT');
