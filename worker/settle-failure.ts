import { type Claim, failVideo, releaseVideo } from '../src/videos/record-processing.ts';
import { SourceRejected } from '../src/videos/video.status.ts';
import type { WorkerContext } from './context.ts';
import { LeaseLost } from './lease.ts';
import type { UnfinishedOutcome } from './metrics.ts';

const FIRST_RETRY_SECONDS = 5;
const LONGEST_RETRY_SECONDS = 300;

/**
 * Records why no clip was made. The source's own fault is final at once; ours is tried again, later each time, until
 * the attempts are used up; an attempt that this process had to end itself does not count.
 */
export async function settleFailure(
  deps: WorkerContext,
  claim: Claim,
  error: unknown,
): Promise<UnfinishedOutcome> {
  const { logger, jobs, stopping } = deps;
  if (error instanceof LeaseLost) {
    logger.warn({ reason: error.message }, 'given up: somebody else decides on this video');
    return 'LOST';
  }
  if (error instanceof SourceRejected) {
    logger.info({ reason: error.reason, detail: error.message }, 'rejected');
    await failVideo(deps, claim, error.reason);
    return error.reason;
  }
  if (stopping.aborted) {
    logger.info('handed back: this worker stops');
    await releaseVideo(deps, claim, { delaySeconds: 0, counted: false });
    await jobs.offer({ videoId: claim.videoId, attempt: claim.attempt });
    return 'HANDED_BACK';
  }
  if (claim.attempt >= claim.attemptLimit) {
    logger.error({ err: error }, 'failed for good: no attempts left');
    await failVideo(deps, claim, 'INTERNAL');
    return 'INTERNAL';
  }
  const delaySeconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (claim.attempt - 1), LONGEST_RETRY_SECONDS);
  logger.warn({ err: error, delaySeconds }, 'failed, will be tried again');
  await releaseVideo(deps, claim, { delaySeconds, counted: true });
  await jobs.offer({ videoId: claim.videoId, attempt: claim.attempt }, { delaySeconds });
  return 'RETRIED';
}
