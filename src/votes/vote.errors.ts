import { ExpectedError } from '../platform/errors.ts';

/** This player's vote for this video counts already. */
export class AlreadyVoted extends ExpectedError {
  override name = 'AlreadyVoted';
  readonly code = 'ALREADY_VOTED';
}

/** Nobody votes for an own video. */
export class OwnVideo extends ExpectedError {
  override name = 'OwnVideo';
  readonly code = 'OWN_VIDEO';
}

/** There is no such video, or it is not (or no longer) for everybody to see. */
export class VideoNotPublished extends ExpectedError {
  override name = 'VideoNotPublished';
  readonly code = 'VIDEO_NOT_PUBLISHED';
}

/** The voting has not begun or is over. */
export class VotingClosed extends ExpectedError {
  override name = 'VotingClosed';
  readonly code = 'VOTING_CLOSED';
}

/** The player has given all the votes that a player has. */
export class VoteLimitReached extends ExpectedError {
  override name = 'VoteLimitReached';
  readonly code = 'VOTE_LIMIT_REACHED';
  readonly limit: number;

  constructor(limit: number) {
    super(`All ${limit} votes are given`);
    this.limit = limit;
  }
}

/** There is no vote of this player for this video to take back. */
export class NotVoted extends ExpectedError {
  override name = 'NotVoted';
  readonly code = 'NOT_VOTED';
}
