import type { EntityManager } from '../platform/database/database.ts';
import { Vote } from './vote.entity.ts';
import type { VotingRules } from './write-votes.ts';

/** Returns the number of votes that a player may still cast; null without a limit. Costs one query. */
export async function countRemainingVotes(
  { em, rules }: { em: EntityManager; rules: Pick<VotingRules, 'maxVotesPerPlayer'> },
  voterId: string,
): Promise<number | null> {
  const limit = rules.maxVotesPerPlayer;
  if (limit === null) return null;
  return Math.max(0, limit - (await em.count(Vote, { voter: voterId })));
}
