import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { createSemaphore } from '../platform/concurrency/semaphore.ts';

export const PASSWORD_CHARACTERS = { min: 8, max: 128 } as const;

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. The binding's default is Argon2id. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/**
 * Limits hashing to two threads. A hash occupies a thread of libuv's pool (four by default) for about 15 ms.
 * The limit leaves two threads to files and DNS, and bounds the memory to 38 MiB.
 */
const withHashingPermit = createSemaphore(2);

/** A hash that no password has, as its digest is all zeros. Its verification costs as much as any other. */
const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

const COMMON = new Set(
  dictionary['passwords-common'].filter(password => password.length >= PASSWORD_CHARACTERS.min),
);

/** Returns whether `password`, ignoring case, is in zxcvbn-ts' list of about 18,000 common passwords. */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}

/**
 * Returns the password in the form that is counted, compared and hashed: NFKC, as NIST SP 800-63B advises.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Returns an Argon2id hash in PHC format with a random salt. */
export function hashPassword(password: string): Promise<string> {
  return withHashingPermit(() => hash(normalizePassword(password), COST));
}

/** Returns whether `password` has this hash. Without a hash, returns false after the same time. */
export function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  return withHashingPermit(async () => {
    const matches = await verify(passwordHash ?? DECOY, normalizePassword(password));
    return matches && passwordHash !== null;
  });
}
