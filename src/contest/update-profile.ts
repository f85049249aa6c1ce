import { InvalidInput } from '../platform/errors.ts';
import { Player } from '../players/player.entity.ts';
import { findProfileProblems, normalizeProfile, type PartialProfile } from '../players/profile.ts';
import { toCityKey } from '../players/to-city-key.ts';
import { markScoreDirty } from '../rankings/recalculate-scores.ts';
import { type ContestDeps, certifyResults } from './certify-results.ts';

/**
 * Updates the given fields of a player's profile and keeps the others. The username never changes, as links
 * contain it. Certifies due results first, as the city at the end of the voting decides the winners.
 *
 * @throws {InvalidInput} naming every problem.
 */
export async function updateProfile(
  { em, rules }: ContestDeps,
  playerId: string,
  changes: PartialProfile,
): Promise<Player> {
  const profile = normalizeProfile(changes);
  const problems = findProfileProblems(profile);
  if (problems.length > 0) throw new InvalidInput(problems);

  await certifyResults({ em, rules });
  const player = await em.findOneOrFail(Player, playerId);
  em.assign(player, profile);
  if (profile.city !== undefined) player.cityKey = toCityKey(profile.city);
  await em.transactional(async em => {
    await em.flush();
    await markScoreDirty(em, playerId);
  });
  return player;
}
