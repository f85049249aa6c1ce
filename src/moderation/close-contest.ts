import { normalizeReason } from '../audit/normalize-reason.ts';
import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import { type ContestDeps, certifyResults } from '../contest/certify-results.ts';
import { readVotingWindow, type VotingWindow } from '../contest/voting-window.ts';

/**
 * Closes the voting permanently, certifies the winners, and returns the voting window. Closing a closed
 * contest changes nothing.
 *
 * @throws {InvalidInput} for the reason.
 */
export async function closeContest(
  { em, rules }: ContestDeps,
  { moderatorId, ...action }: { moderatorId: string; reason: string },
): Promise<VotingWindow> {
  const reason = normalizeReason(action.reason);
  await em.transactional(async em => {
    // Waits for unfinished votes and blocks later ones, so that no vote is dated after the end.
    await em.execute('lock table votes in share mode');
    const closed = await em.execute<{ id: number }[]>(
      'insert into closures (id, closed_by_id) values (1, ?) on conflict do nothing returning id',
      [moderatorId],
    );
    if (closed.length === 0) return;
    await recordAuditEntry(em, { actorId: moderatorId, action: 'CLOSE_CONTEST', reason });
  });
  // Runs in a separate transaction: two concurrent closings would deadlock on the locks of certifying.
  await certifyResults({ em, rules });
  return readVotingWindow({ em, rules });
}
