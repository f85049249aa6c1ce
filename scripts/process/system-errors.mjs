/**
 * Whether an error of Node or the operating system has one of these codes, such as `ENOENT`. Plain JavaScript,
 * as setup runs before Node can load TypeScript.
 *
 * @param {unknown} error
 * @param {...string} codes
 */
export function hasErrorCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
