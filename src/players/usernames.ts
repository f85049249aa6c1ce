import { takeAdvisoryLockOfText } from '../platform/database/advisory-locks.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { normalizeForComparison } from '../platform/text/normalize-for-comparison.ts';

/** Leaves ten digits of the column for the number. */
const BASE_CHARACTERS = 80;

/** Latin letters that normalization keeps, as they are not a base letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
};

/**
 * Returns `first.last` in the letters a to z, or `player` when no Latin letter remains. A base contains no
 * digit, so a base with a number never equals another base.
 */
export function toUsernameBase(name: { firstName: string; lastName: string }): string {
  const parts = [name.firstName, name.lastName].map(toPlainLetters).filter(part => part !== '');
  return parts.join('.').slice(0, BASE_CHARACTERS).replace(/\.$/, '') || 'player';
}

/**
 * Returns the username of a base and a number, which is omitted for 1: `jordan.diaz`, then `jordan.diaz2`.
 */
export function toUsername(base: string, number: number): string {
  return number === 1 ? base : `${base}${number}`;
}

/**
 * Returns the next free number of a base and reserves it until the transaction ends. Concurrent sign-ups with
 * the same base wait; others do not. Requires a transaction.
 */
export async function reserveUsernameNumber(em: EntityManager, base: string): Promise<number> {
  await takeAdvisoryLockOfText(em, base);
  // A separate statement, as its snapshot must follow the acquisition of the lock.
  const [row] = await em.execute<{ next: number }[]>(
    'select coalesce(max(username_number), 0) + 1 as next from players where username_base = ?',
    [base],
  );
  if (row === undefined) throw new Error('PostgreSQL returned no row for an aggregate');
  return row.next;
}

function toPlainLetters(text: string): string {
  return normalizeForComparison(text).replace(/[^a-z]/g, letter => LETTERS[letter] ?? '');
}
