import type { EntityManager } from '../platform/database/database.ts';
import { AuditEntry, type AuditedAction } from './audit-entry.entity.ts';

/**
 * Records an action in the caller's transaction, which must be the action's own. A null actor is the
 * operator.
 */
export async function recordAuditEntry(
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
