import { setTimeout as pause } from 'node:timers/promises';
import { untilAborted } from '../../src/platform/concurrency/until-aborted.ts';
import { type Claim, undoCrash } from '../../src/videos/processing/claim-video.ts';
import { failVideo, releaseVideo } from '../../src/videos/processing/record-processing.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import type { UnfinishedOutcome } from '../observability/worker-metrics.ts';
import type { WorkerContext } from '../worker-context.ts';
import { isInfrastructureError } from './infrastructure-errors.ts';
import { LeaseLost } from './lease.ts';

const LONGEST_RETRY_SECONDS = 300;
const DATABASE_RETRY_MILLISECONDS = 1000;

/**
 * Records why an attempt made no clip, and returns the outcome. A fault of the source is final immediately. A
 * server fault is retried with growing delays until no attempts are left. A failure that would stop any video
 * costs no attempt: a failing host, an unavailable database, a worker that stops. The function waits for an
 * unavailable database until the worker must end.
 */
export async function handleProcessingError(
  deps: WorkerContext,
  claim: Claim,
  error: unknown,
): Promise<UnfinishedOutcome> {
  let infrastructure = isInfrastructureError(error) || !(await hasStorage(deps));
  for (;;) {
    try {
      return await recordOutcome(deps, claim, error, infrastructure);
    } catch (databaseError) {
      if (deps.stopping.aborted) throw databaseError;
      if (!infrastructure) {
        deps.logger.warn({ err: databaseError }, 'outcome not recorded: database unavailable');
      }
      infrastructure = true;
      // A stop ends the pause, for one last try.
      await pause(DATABASE_RETRY_MILLISECONDS, undefined, { signal: deps.stopping }).catch(() => undefined);
    }
  }
}

async function recordOutcome(
  deps: WorkerContext,
  claim: Claim,
  error: unknown,
  infrastructure: boolean,
): Promise<UnfinishedOutcome> {
  const { logger, stopping, settings } = deps;
  if (error instanceof LeaseLost) {
    logger.warn({ reason: error.message }, 'lease lost');
    const requeued = await requeue(deps, claim, { delaySeconds: 0, counted: false });
    if (!requeued) await undoCrash(deps, claim);
    return 'LEASE_LOST';
  }
  if (error instanceof SourceRejected) {
    logger.info({ reason: error.reason, detail: error.message }, 'rejected');
    await failVideo(deps, claim, error.reason);
    return error.reason;
  }
  if (stopping.aborted) {
    logger.info('requeued: worker stopping');
    await requeue(deps, claim, { delaySeconds: 0, counted: false });
    return 'REQUEUED';
  }
  if (!infrastructure && claim.attempt >= claim.attemptLimit) {
    logger.error({ err: error }, 'failed: no attempts left');
    await failVideo(deps, claim, 'INTERNAL');
    return 'INTERNAL';
  }
  const { retrySeconds } = settings.processing;
  const delaySeconds = Math.min(retrySeconds * 2 ** (claim.attempt - 1), LONGEST_RETRY_SECONDS);
  logger.warn({ err: error, delaySeconds, infrastructure }, 'attempt failed: retry scheduled');
  await requeue(deps, claim, { delaySeconds, counted: !infrastructure });
  return 'RETRIED';
}

/** Schedules another attempt in `delaySeconds`; false when the claim is lost. */
async function requeue(
  deps: WorkerContext,
  claim: Claim,
  options: { delaySeconds: number; counted: boolean },
): Promise<boolean> {
  const { videoId, attempt } = claim;
  const released = await releaseVideo(deps, claim, options);
  if (released) await deps.jobs.enqueue({ videoId, attempt }, options);
  return released;
}

/** Whether the storage is available and writable: if not, a missing file says nothing about the video. */
async function hasStorage({ storage, stopping }: WorkerContext): Promise<boolean> {
  // The video of a worker that stops is requeued in any case, and the check of a store that hangs may never
  // end.
  const checks = await untilAborted(stopping, storage.check()).catch(error => {
    if (stopping.aborted) return null;
    throw error;
  });
  return checks !== null && Object.values(checks).every(Boolean);
}
