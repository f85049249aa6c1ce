import type pg from 'pg';
import type { EntityManager } from './database.ts';

/**
 * The keys of all advisory locks with a name. The numbers are arbitrary, but all processes of one database
 * must use the same ones.
 *
 * @see https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
const ADVISORY_LOCKS = {
  migrate: 7_262_011,
  reconcile: 7_262_012,
  rebuildLeaderboard: 7_262_013,
  sweepFiles: 7_262_014,
} as const;

/** Waits for a lock and holds it until the transaction of `em` ends. */
export async function takeAdvisoryLock(em: EntityManager, name: keyof typeof ADVISORY_LOCKS): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS[name]]);
}

/** Waits for the lock of a text, by its hash, and holds the lock until the transaction of `em` ends. */
export async function takeAdvisoryLockOfText(em: EntityManager, text: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [text]);
}

/** Waits for a lock and holds it until the connection of `client` ends. */
export async function takeSessionAdvisoryLock(
  client: pg.Client,
  name: keyof typeof ADVISORY_LOCKS,
): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS[name]]);
}

/** Takes a lock until the transaction of `em` ends. Returns false when another transaction holds the lock. */
export async function tryAdvisoryLock(
  em: EntityManager,
  name: keyof typeof ADVISORY_LOCKS,
  mode: 'exclusive' | 'shared' = 'exclusive',
): Promise<boolean> {
  const acquire = mode === 'shared' ? 'pg_try_advisory_xact_lock_shared' : 'pg_try_advisory_xact_lock';
  const [row] = await em.execute<{ acquired: boolean }[]>(`select ${acquire}(?) as acquired`, [
    ADVISORY_LOCKS[name],
  ]);
  return row?.acquired ?? false;
}
