import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { normalizeEmail } from '../players/credentials.ts';
import { Player } from '../players/player.entity.ts';

/** No player has this e-mail. */
class PlayerNotFound extends Error {
  override name = 'PlayerNotFound';
}

/**
 * Makes the player with this e-mail a moderator, effective with the next request. For a moderator `appointed`
 * is false and no audit entry is written.
 *
 * @throws {PlayerNotFound}
 */
export async function appointModerator(
  { em }: { em: EntityManager },
  email: string,
): Promise<{ player: Player; appointed: boolean }> {
  return em.transactional(async em => {
    const player = await em.findOne(Player, { email: normalizeEmail(email) });
    if (player === null) throw new PlayerNotFound(`No player has signed up as ${email}`);
    const notYetModerator = { id: player.id, role: { $ne: 'MODERATOR' } } as const;
    const changed = await em.nativeUpdate(Player, notYetModerator, { role: 'MODERATOR' });
    if (changed === 0) return { player, appointed: false };
    await recordAuditEntry(em, { actorId: null, action: 'APPOINT_MODERATOR', subject: player.id });
    return { player, appointed: true };
  });
}
