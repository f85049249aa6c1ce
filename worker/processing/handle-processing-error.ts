import { setTimeout as pause } from 'node:timers/promises';
import { untilAborted } from '../../src/platform/concurrency/until-aborted.ts';
import {
  type Claim,
  failVideo,
  releaseVideo,
  undoCrash,
} from '../../src/videos/processing/record-processing.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import type { WorkerContext } from '../context.ts';
import type { UnfinishedOutcome } from '../observability/worker-metrics.ts';
import { isInfrastructureError } from './infrastructure-errors.ts';
import { LeaseLost } from './lease.ts';

const LONGEST_RETRY_SECONDS = 300;
const DATABASE_RETRY_MILLISECONDS = 1000;

/**
 * Records why no clip was made. The source's own fault is final at once; ours is tried again, later each time, until
 * the attempts are used up. What would have stopped any video costs no attempt: a host in trouble, a database that is
 * away, a worker that must end. While the database is away this waits for it, until the worker must end.
 */
export async function handleProcessingError(
  deps: WorkerContext,
  claim: Claim,
  error: unknown,
): Promise<UnfinishedOutcome> {
  let hostTrouble = isInfrastructureError(error) || !(await hasStorage(deps));
  for (;;) {
    try {
      return await recordOutcome(deps, claim, error, hostTrouble);
    } catch (notRecorded) {
      if (deps.stopping.aborted) throw notRecorded;
      if (!hostTrouble) deps.logger.warn({ err: notRecorded }, 'not recorded yet: the database is away');
      hostTrouble = true;
      // A worker that must end comes back at once, for one last try.
      await pause(DATABASE_RETRY_MILLISECONDS, undefined, { signal: deps.stopping }).catch(() => undefined);
    }
  }
}

async function recordOutcome(
  deps: WorkerContext,
  claim: Claim,
  error: unknown,
  hostTrouble: boolean,
): Promise<UnfinishedOutcome> {
  const { logger, stopping, settings } = deps;
  if (error instanceof LeaseLost) {
    logger.warn({ reason: error.message }, 'given up: somebody else decides on this video');
    const kept = await requeue(deps, claim, { delaySeconds: 0, counted: false });
    if (!kept) await undoCrash(deps, claim);
    return 'LOST';
  }
  if (error instanceof SourceRejected) {
    logger.info({ reason: error.reason, detail: error.message }, 'rejected');
    await failVideo(deps, claim, error.reason);
    return error.reason;
  }
  if (stopping.aborted) {
    logger.info('handed back: this worker stops');
    await requeue(deps, claim, { delaySeconds: 0, counted: false });
    return 'HANDED_BACK';
  }
  if (!hostTrouble && claim.attempt >= claim.attemptLimit) {
    logger.error({ err: error }, 'failed for good: no attempts left');
    await failVideo(deps, claim, 'INTERNAL');
    return 'INTERNAL';
  }
  const { retrySeconds } = settings.processing;
  const delaySeconds = Math.min(retrySeconds * 2 ** (claim.attempt - 1), LONGEST_RETRY_SECONDS);
  logger.warn({ err: error, delaySeconds, hostTrouble }, 'failed, will be tried again');
  await requeue(deps, claim, { delaySeconds, counted: !hostTrouble });
  return 'RETRIED';
}

/** Lets another attempt begin in `delaySeconds`; false when the video is no longer ours. */
async function requeue(
  deps: WorkerContext,
  claim: Claim,
  options: { delaySeconds: number; counted: boolean },
): Promise<boolean> {
  const { videoId, attempt } = claim;
  const ours = await releaseVideo(deps, claim, options);
  if (ours) await deps.jobs.enqueue({ videoId, attempt }, options);
  return ours;
}

/** Whether the store is there and can be written: a file that is missing where nothing is says nothing. */
async function hasStorage({ storage, stopping }: WorkerContext): Promise<boolean> {
  // Whose worker stops is handed back anyway, and a store that hangs may never tell.
  const checks = await untilAborted(stopping, storage.check()).catch(error => {
    if (stopping.aborted) return null;
    throw error;
  });
  return checks !== null && Object.values(checks).every(Boolean);
}
