import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The random secret kept in `path` (64 hexadecimal characters, readable by its owner only), made on first use.
 * Loopback is shared by every account of a machine, so even the local services ask for one.
 */
export async function readOrCreateSecret(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const secret = await readFile(path, 'utf8');
  if (!/^[0-9a-f]{64}$/.test(secret))
    throw new Error(`${path} is damaged: it should hold 64 hexadecimal characters`);
  return secret;
}
