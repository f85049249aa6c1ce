import type { EntityManager } from '../platform/database/database.ts';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/to-network.ts';
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

interface VoteRequest {
  voter: NonNullable<Viewer>;
  videoId: string;
  /** The client's IP address. */
  address: string;
}

/**
 * Counts one vote and returns the video as of after the commit. Each vote of a request consumes one point of
 * the account's limit and one of the network's limit.
 *
 * @throws {AlreadyVoted}
 * @throws {OwnVideo}
 * @throws {VideoNotPublished} also when the video does not exist.
 * @throws {VotingClosed}
 * @throws {VoteLimitReached}
 * @throws {TooManyAttempts} with the time to wait.
 */
export async function castVote(deps: VoteDeps, { voter, videoId, address }: VoteRequest): Promise<Video> {
  await consumeLimits(deps, voter.playerId, address);
  const networkHash = deps.voteBatcher.hashNetwork(address);
  const outcome = await deps.voteBatcher.inserts.add({ voterId: voter.playerId, videoId, networkHash });
  if (outcome !== 'COUNTED') throw toError(outcome, deps.rules);
  const video = await findVisibleVideo(deps, voter, videoId);
  // The video was hidden after the commit, or deleted together with the vote.
  if (video === null) throw new VideoNotPublished();
  return video;
}

/**
 * Withdraws a vote and returns the video as of after the commit; null when the voter may not see it.
 *
 * @throws {NotVoted}
 * @throws {VotingClosed}
 * @throws {TooManyAttempts} with the time to wait.
 */
export async function withdrawVote(
  deps: VoteDeps,
  { voter, videoId, address }: VoteRequest,
): Promise<Video | null> {
  await consumeLimits(deps, voter.playerId, address);
  const outcome = await deps.voteBatcher.deletes.add({ voterId: voter.playerId, videoId });
  if (outcome !== 'WITHDRAWN') throw toError(outcome, deps.rules);
  return findVisibleVideo(deps, voter, videoId);
}

async function findVisibleVideo({ em }: VoteDeps, voter: Viewer, videoId: string): Promise<Video | null> {
  const video = await em.findOne(Video, videoId, { refresh: true });
  return video && maySee(voter, video) ? video : null;
}

async function consumeLimits({ limits }: VoteDeps, voterId: string, address: string): Promise<void> {
  const account = await limits.accounts.consume(voterId);
  // An account over its limit does not consume the limit of its network.
  const allowance = account.allowed ? await limits.networks.consume(toNetwork(address)) : account;
  if (!allowance.allowed) throw new TooManyAttempts(allowance.retryAfterSeconds);
}

function toError(
  outcome: Exclude<CastVoteOutcome, 'COUNTED'> | Exclude<WithdrawVoteOutcome, 'WITHDRAWN'>,
  rules: VotingRules,
): Error {
  switch (outcome) {
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
