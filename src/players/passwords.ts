import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { createSemaphore } from '../platform/concurrency/semaphore.ts';

export const PASSWORD_CHARACTERS = { least: 8, most: 128 } as const;

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane. The binding's default kind is Argon2id. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/**
 * A hash takes a thread of libuv's pool, four by default, for some 15 ms. Two at once leave the other threads to
 * files and DNS, and bound the memory to 38 MiB, however many people log in.
 */
const oneOfTwo = createSemaphore(2);

/** Costs as much to verify as any player's hash and is the hash of nothing: its digest is all zeros. */
const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

const COMMON = new Set(
  dictionary['passwords-common'].filter(password => password.length >= PASSWORD_CHARACTERS.least),
);

/** Whether `password` is, in any case, one of the some 18,000 most used of the allowed lengths (list of zxcvbn-ts). */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}

/** The password as it is counted, compared and hashed: NFKC, as NIST SP 800-63B advises, since keyboards differ. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** An argon2id hash in PHC format with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return oneOfTwo(() => hash(normalizePassword(password), COST));
}

/** Whether `password` has this hash. Without a hash it never has, and takes as long to say so. */
export function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  return oneOfTwo(async () => {
    const matches = await verify(passwordHash ?? DECOY, normalizePassword(password));
    return matches && passwordHash !== null;
  });
}
