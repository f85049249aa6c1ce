import type { EntityManager } from '../platform/database/database.ts';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/network.ts';
import { TooManyAttempts } from '../players/players.errors.ts';
import { Video } from '../videos/video.entity.ts';
import { maySee, type Viewer } from '../videos/visibility.ts';
import {
  AlreadyVoted,
  NotVoted,
  OwnVideo,
  VideoNotPublished,
  VoteLimitReached,
  VotingClosed,
} from './vote.errors.ts';
import type { VoteBatcher } from './vote-batcher.ts';
import type { CastVoteOutcome, VotingRules, WithdrawVoteOutcome } from './write-votes.ts';

export interface VoteDeps {
  em: EntityManager;
  voteBatcher: VoteBatcher;
  rules: VotingRules;
  limits: { accounts: RateLimiter; networks: RateLimiter };
}

export interface VoteRequest {
  voter: NonNullable<Viewer>;
  videoId: string;
  /** The client's IP address. */
  address: string;
}

/**
 * Counts one vote; the video as it stands after the commit. Each vote costs one point of the account and of the
 * network, however many come in one request.
 *
 * @throws {AlreadyVoted}
 * @throws {OwnVideo}
 * @throws {VideoNotPublished} also when there is no such video.
 * @throws {VotingClosed}
 * @throws {VoteLimitReached}
 * @throws {TooManyAttempts} with the time to wait.
 */
export async function castVote(deps: VoteDeps, { voter, videoId, address }: VoteRequest): Promise<Video> {
  await spend(deps, voter.playerId, address);
  const networkHash = deps.voteBatcher.networkHash(address);
  const verdict = await deps.voteBatcher.inserts.add({ voterId: voter.playerId, videoId, networkHash });
  if (verdict !== 'COUNTED') throw refusalOf(verdict, deps.rules);
  const video = await findFor(deps, voter, videoId);
  // Hidden since, perhaps deleted and the vote with it.
  if (video === null) throw new VideoNotPublished();
  return video;
}

/**
 * Takes a vote back; the video as it stands after the commit, null when it is not for this voter to see.
 *
 * @throws {NotVoted}
 * @throws {VotingClosed}
 * @throws {TooManyAttempts} with the time to wait.
 */
export async function withdrawVote(
  deps: VoteDeps,
  { voter, videoId, address }: VoteRequest,
): Promise<Video | null> {
  await spend(deps, voter.playerId, address);
  const verdict = await deps.voteBatcher.deletes.add({ voterId: voter.playerId, videoId });
  if (verdict !== 'WITHDRAWN') throw refusalOf(verdict, deps.rules);
  return findFor(deps, voter, videoId);
}

async function findFor({ em }: VoteDeps, voter: Viewer, videoId: string): Promise<Video | null> {
  const video = await em.findOne(Video, videoId, { refresh: true });
  return video && maySee(voter, video) ? video : null;
}

async function spend({ limits }: VoteDeps, voterId: string, address: string): Promise<void> {
  const own = await limits.accounts.consume(voterId);
  // One account that asks without end takes nothing from the others of its network.
  const allowance = own.allowed ? await limits.networks.consume(toNetwork(address)) : own;
  if (!allowance.allowed) throw new TooManyAttempts(allowance.retryAfterSeconds);
}

function refusalOf(
  verdict: Exclude<CastVoteOutcome, 'COUNTED'> | Exclude<WithdrawVoteOutcome, 'WITHDRAWN'>,
  rules: VotingRules,
): Error {
  switch (verdict) {
    case 'ALREADY_VOTED':
      return new AlreadyVoted();
    case 'OWN_VIDEO':
      return new OwnVideo();
    case 'VIDEO_NOT_PUBLISHED':
      return new VideoNotPublished();
    case 'VOTING_CLOSED':
      return new VotingClosed();
    case 'VOTE_LIMIT_REACHED':
      return new VoteLimitReached(rules.maxVotesPerPlayer ?? 0);
    case 'NOT_VOTED':
      return new NotVoted();
  }
}
