import type { EntityManager } from '../platform/database/database.ts';
import { Vote } from './vote.entity.ts';

/** Returns the ids among `videoIds` that this player voted for. Costs one query. */
export async function findVotedVideos(
  em: EntityManager,
  voterId: string,
  videoIds: readonly string[],
): Promise<Set<string>> {
  const votes = await em.find(Vote, { voter: voterId, video: { $in: [...videoIds] } }, { fields: ['video'] });
  return new Set(votes.map(vote => vote.video.id));
}

/**
 * Returns a page of a player's votes, newest first: between two vote ids, counted from the end when
 * `fromEnd`.
 */
export async function findVotesByVoter(
  em: EntityManager,
  voterId: string,
  page: { limit: number; after?: string | undefined; before?: string | undefined; fromEnd: boolean },
): Promise<Vote[]> {
  return em.find(
    Vote,
    {
      $and: [
        { voter: voterId },
        ...(page.after ? [{ id: { $lt: page.after } }] : []),
        ...(page.before ? [{ id: { $gt: page.before } }] : []),
      ],
    },
    { orderBy: { id: page.fromEnd ? 'asc' : 'desc' }, limit: page.limit },
  );
}
