import type { EntityManager } from '../platform/database/database.ts';
import { InvalidInput } from '../platform/errors.ts';
import { toCityKey } from '../players/city.ts';
import { Player } from '../players/player.entity.ts';
import { type PartialProfile, profileProblems, tidyProfile } from '../players/profile.ts';
import { markScoreDirty } from '../rankings/player-scores.ts';
import { type ContestRules, certifyResults } from './results.ts';

/**
 * Changes the given fields of a player's profile and keeps the others. The username stays, as links contain it.
 * Results that are due are certified first: the city at the end of the voting decides who is called up.
 *
 * @throws {InvalidInput} naming every problem.
 */
export async function updateProfile(
  { em, rules }: { em: EntityManager; rules: ContestRules },
  playerId: string,
  changes: PartialProfile,
): Promise<Player> {
  const profile = tidyProfile(changes);
  const problems = profileProblems(profile);
  if (problems.length > 0) throw new InvalidInput(problems);

  await certifyResults(em, rules);
  const player = await em.findOneOrFail(Player, playerId);
  em.assign(player, profile);
  if (profile.city !== undefined) player.cityKey = toCityKey(profile.city);
  await em.transactional(async em => {
    await em.flush();
    await markScoreDirty(em, playerId);
  });
  return player;
}
