import type { EntityManager } from './database.ts';

/**
 * The keys of all advisory locks with a fixed key; usernames lock the hash of their base. The numbers are
 * arbitrary, but all processes of one database must use the same ones.
 *
 * @see https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
export const ADVISORY_LOCKS = {
  migrate: 7_262_011,
  reconcile: 7_262_012,
  rebuildLeaderboard: 7_262_013,
  sweepFiles: 7_262_014,
} as const;

/** Waits for a lock and holds it until the transaction of `em` ends. */
export async function takeAdvisoryLock(em: EntityManager, name: keyof typeof ADVISORY_LOCKS): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS[name]]);
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
