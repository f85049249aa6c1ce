import { normalizeReason } from '../audit/reason.ts';
import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import { type ContestRules, certifyResults } from '../contest/certify-results.ts';
import { readVotingWindow, type VotingWindow } from '../contest/voting-window.ts';
import type { EntityManager } from '../platform/database/database.ts';

/**
 * Closes the voting permanently and certifies the winners; returns the voting window. Closing a closed
 * contest changes nothing.
 *
 * @throws {InvalidInput} for the reason.
 */
export async function closeContest(
  { em, rules }: { em: EntityManager; rules: ContestRules },
  { moderatorId, ...action }: { moderatorId: string; reason: string },
): Promise<VotingWindow> {
  const reason = normalizeReason(action.reason);
  await em.transactional(async em => {
    // Waits for votes in flight and blocks later ones: no vote is dated past the end.
    await em.execute('lock table votes in share mode');
    const closed = await em.execute<{ id: number }[]>(
      'insert into closures (id, closed_by_id) values (1, ?) on conflict do nothing returning id',
      [moderatorId],
    );
    if (closed.length === 0) return;
    await recordAuditEntry(em, { actorId: moderatorId, action: 'CLOSE_CONTEST', reason });
  });
  // A separate transaction: two concurrent closings would deadlock on the locks of certifying.
  await certifyResults(em, rules);
  return readVotingWindow(em, rules);
}
