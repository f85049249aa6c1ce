import { audit } from '../audit/audit.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { normalizeEmail } from '../players/credentials.ts';
import { Player } from '../players/player.entity.ts';

/** Nobody has signed up with this e-mail. */
export class NoSuchPlayer extends Error {
  override name = 'NoSuchPlayer';
}

/**
 * Makes the player with this e-mail a moderator, from the next request on; `appointed` is false when they were one
 * already, and then nothing is noted.
 *
 * @throws {NoSuchPlayer}
 */
export async function appointModerator(
  em: EntityManager,
  email: string,
): Promise<{ player: Player; appointed: boolean }> {
  return em.transactional(async em => {
    const player = await em.findOne(Player, { email: normalizeEmail(email) });
    if (player === null) throw new NoSuchPlayer(`Nobody has signed up as ${email}`);
    const others = { id: player.id, role: { $ne: 'MODERATOR' } } as const;
    const changed = await em.nativeUpdate(Player, others, { role: 'MODERATOR' });
    if (changed === 0) return { player, appointed: false };
    await audit(em, { actorId: null, action: 'APPOINT_MODERATOR', subject: player.id });
    return { player, appointed: true };
  });
}
