import { audit, tidyReason } from '../audit/audit.ts';
import { type ContestRules, certifyResults } from '../contest/results.ts';
import type { EntityManager } from '../platform/database/database.ts';

/** Ends the voting now, for good, and certifies who has won. Closing a closed contest changes nothing. */
export async function closeContest(
  em: EntityManager,
  rules: ContestRules,
  { moderatorId, ...given }: { moderatorId: string; reason: string },
): Promise<void> {
  const reason = tidyReason(given.reason);
  await em.transactional(async em => {
    // Waits for votes that are being written, and lets later ones wait: no vote is dated past the end.
    await em.execute('lock table votes in share mode');
    const closed = await em.execute<{ id: number }[]>(
      'insert into closures (id, closed_by_id) values (1, ?) on conflict do nothing returning id',
      [moderatorId],
    );
    if (closed.length === 0) return;
    await audit(em, { actorId: moderatorId, action: 'CLOSE_CONTEST', reason });
  });
  // In a transaction of its own: two that close at once would each hold a lock that the other one's certifying waits for.
  await certifyResults(em, rules);
}
