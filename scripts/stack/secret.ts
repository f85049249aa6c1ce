import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../src/platform/process/system-errors.ts';

/**
 * Returns the random secret in `path` (64 hexadecimal characters, readable only by its owner), created on
 * first use. All accounts of a machine share loopback, so local services require a password as well.
 */
export async function readOrCreateSecret(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
  const secret = await readFile(path, 'utf8');
  if (!/^[0-9a-f]{64}$/.test(secret))
    throw new Error(`${path} is damaged: expected 64 hexadecimal characters`);
  return secret;
}
