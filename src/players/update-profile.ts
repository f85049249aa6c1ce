import type { EntityManager } from '../platform/database/database.ts';
import { InvalidInput } from '../platform/errors.ts';
import { cityKeyOf } from './city.ts';
import { Player } from './player.entity.ts';
import { type PartialProfile, profileProblems, tidyProfile } from './profile.ts';

/**
 * Changes what is given of a player's profile and keeps the rest. The username stays: links to it are out there.
 * `changed` runs in the same transaction, for what else holds the old profile.
 *
 * @throws {InvalidInput} naming every problem.
 */
export async function updateProfile(
  { em, changed }: { em: EntityManager; changed: (em: EntityManager, playerId: string) => Promise<void> },
  playerId: string,
  changes: PartialProfile,
): Promise<Player> {
  const profile = tidyProfile(changes);
  const problems = profileProblems(profile);
  if (problems.length > 0) throw new InvalidInput(problems);

  const player = await em.findOneOrFail(Player, playerId);
  em.assign(player, profile);
  if (profile.city !== undefined) player.cityKey = cityKeyOf(profile.city);
  await em.transactional(async em => {
    await em.flush();
    await changed(em, playerId);
  });
  return player;
}
