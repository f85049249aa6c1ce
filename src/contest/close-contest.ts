import type { EntityManager } from '../platform/database.ts';
import { audit, tidyReason } from '../players/audit.ts';
import { Closure } from '../votes/closure.entity.ts';

/** Ends the voting now, for good. Closing a closed contest changes nothing. */
export async function closeContest(
  em: EntityManager,
  { moderatorId, ...given }: { moderatorId: string; reason: string },
): Promise<void> {
  const reason = tidyReason(given.reason);
  await em.transactional(async em => {
    const closed = await em
      .createQueryBuilder(Closure)
      .insert({ id: 1, closedBy: moderatorId })
      .onConflict('id')
      .ignore()
      .returning('id')
      .execute();
    if (closed.length === 0) return;
    await audit(em, { actorId: moderatorId, action: 'CLOSE_CONTEST', reason });
  });
}
