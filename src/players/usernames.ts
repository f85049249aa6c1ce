import type { EntityManager } from '../platform/database/database.ts';
import { normalizeForComparison } from '../platform/text/normalize-for-comparison.ts';

/** Room for a number of ten digits after it. */
const BASE_CHARACTERS = 80;

/** Letters of Latin alphabets that are no base letter with an accent, and so survive folding. */
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
 * `first.last` in plain letters, `player` when no Latin letter is left. Holds no digit, so that no base with a number
 * is another base.
 */
export function toUsernameBase(name: { firstName: string; lastName: string }): string {
  const parts = [name.firstName, name.lastName].map(plainLetters).filter(part => part !== '');
  return parts.join('.').slice(0, BASE_CHARACTERS).replace(/\.$/, '') || 'player';
}

/** The first of a name has it bare: `jordan.diaz`, then `jordan.diaz2`. */
export function toUsername(base: string, number: number): string {
  return number === 1 ? base : `${base}${number}`;
}

/**
 * The next free number of a base, reserved until the transaction ends: namesakes who sign up at once queue here, and
 * nobody else does. Only within a transaction.
 */
export async function reserveUsernameNumber(em: EntityManager, base: string): Promise<number> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [base]);
  // A statement of its own: its snapshot must be taken after the lock was granted.
  const [row] = await em.execute<{ next: number }[]>(
    'select coalesce(max(username_number), 0) + 1 as next from players where username_base = ?',
    [base],
  );
  if (row === undefined) throw new Error('PostgreSQL answered an aggregate without a row');
  return row.next;
}

function plainLetters(text: string): string {
  return normalizeForComparison(text).replace(/[^a-z]/g, letter => LETTERS[letter] ?? '');
}
