import { ExpectedError } from '../platform/errors.ts';

/** The player has already voted for this video. */
export class AlreadyVoted extends ExpectedError {
  override name = 'AlreadyVoted';
  readonly code = 'ALREADY_VOTED';
}

/** Players cannot vote for their own videos. */
export class OwnVideo extends ExpectedError {
  override name = 'OwnVideo';
  readonly code = 'OWN_VIDEO';
}

/** The video does not exist or is not public. */
export class VideoNotPublished extends ExpectedError {
  override name = 'VideoNotPublished';
  readonly code = 'VIDEO_NOT_PUBLISHED';
}

/** The voting has not started or is over. */
export class VotingClosed extends ExpectedError {
  override name = 'VotingClosed';
  readonly code = 'VOTING_CLOSED';
}

/** The player has cast the maximum number of votes. */
export class VoteLimitReached extends ExpectedError {
  override name = 'VoteLimitReached';
  readonly code = 'VOTE_LIMIT_REACHED';
  readonly limit: number;

  constructor(limit: number) {
    super(`All ${limit} votes are cast`);
    this.limit = limit;
  }
}

/** The player has no vote for this video to withdraw. */
export class NotVoted extends ExpectedError {
  override name = 'NotVoted';
  readonly code = 'NOT_VOTED';
}
