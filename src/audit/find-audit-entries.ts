import type { EntityManager } from '../platform/database/database.ts';
import { AuditEntry, type AuditedAction } from './audit-entry.entity.ts';

/**
 * Returns a page of all entries, newest first: between two entry ids, counted from the end when `fromEnd`.
 */
export async function findAuditEntries(
  em: EntityManager,
  page: { limit: number; after?: string | undefined; before?: string | undefined; fromEnd: boolean },
): Promise<AuditEntry[]> {
  const conditions = [
    ...(page.after ? [{ id: { $lt: page.after } }] : []),
    ...(page.before ? [{ id: { $gt: page.before } }] : []),
  ];
  return em.find(
    AuditEntry,
    { $and: conditions },
    { orderBy: { id: page.fromEnd ? 'asc' : 'desc' }, limit: page.limit },
  );
}

/** Returns the entries about one subject, newest first. */
export async function findAuditTrail(
  em: EntityManager,
  subject: string,
  limit: number,
): Promise<AuditEntry[]> {
  return em.find(AuditEntry, { subject }, { orderBy: { id: 'desc' }, limit });
}

/**
 * Returns the reason of the latest `action` on each subject, in the same order; null for a subject without
 * one. Costs one query.
 */
export async function findLatestReasons(
  em: EntityManager,
  action: AuditedAction,
  subjects: readonly string[],
): Promise<(string | null)[]> {
  const rows = await em.execute<{ subject: string; reason: string | null }[]>(
    `select distinct on (subject) subject, reason from audit_entries
      where subject in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id)) and action = ?
      order by subject, id desc`,
    [JSON.stringify(subjects), action],
  );
  const reasons = new Map(rows.map(({ subject, reason }) => [subject, reason]));
  return subjects.map(subject => reasons.get(subject) ?? null);
}
