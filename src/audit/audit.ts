import type { EntityManager } from '../platform/database/database.ts';
import { InvalidInput } from '../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../platform/text/control-characters.ts';
import { AuditEntry, type AuditedAction } from './audit-entry.entity.ts';

const REASON_CHARACTERS = 500;

/** Notes who did what, in the transaction of the deed. A null actor is the operator. */
export async function audit(
  em: EntityManager,
  entry: { actorId: string | null; action: AuditedAction; subject?: string; reason?: string },
): Promise<void> {
  await em.insert(AuditEntry, {
    actor: entry.actorId,
    action: entry.action,
    subject: entry.subject ?? null,
    reason: entry.reason ?? null,
  });
}

/** The reason as it is kept. @throws {InvalidInput} when there is none, it is longer than 500 characters, or no text. */
export function tidyReason(given: string): string {
  const reason = given.trim();
  if (reason === '') throw new InvalidInput([{ path: ['reason'], rule: 'required' }]);
  if ([...reason].length > REASON_CHARACTERS) {
    throw new InvalidInput([{ path: ['reason'], rule: 'too_long', params: { limit: REASON_CHARACTERS } }]);
  }
  // It may have lines.
  if (CONTROL_CHARACTERS.test(reason.replace(/\s/g, ''))) {
    throw new InvalidInput([{ path: ['reason'], rule: 'not_text' }]);
  }
  return reason;
}

/** A part of all that was done, the latest first: what comes after and before two entries, from the end when `fromEnd`. */
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

/** What was done to something, the latest first. */
export async function findAuditTrail(
  em: EntityManager,
  subject: string,
  limit: number,
): Promise<AuditEntry[]> {
  return em.find(AuditEntry, { subject }, { orderBy: { id: 'desc' }, limit });
}

/** The reason of the latest such deed to each of these, in their order; null where there was none. One query. */
export async function findLatestReasons(
  em: EntityManager,
  action: AuditedAction,
  subjects: readonly string[],
): Promise<(string | null)[]> {
  const rows = await em.execute<{ subject: string; reason: string | null }[]>(
    `select distinct on (subject) subject, reason from audit_entries
      where subject in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id)) and action = ?
      order by subject, id desc`,
    [JSON.stringify(subjects), action],
  );
  const reasons = new Map(rows.map(({ subject, reason }) => [subject, reason]));
  return subjects.map(subject => reasons.get(subject) ?? null);
}
