import { raw } from '@mikro-orm/core';
import { recalculateScores } from '../../rankings/recalculate-scores.ts';
import type { Renditions } from '../files/video-files.ts';
import { Video } from '../video.entity.ts';
import type { FailureReason, ProcessingPhase } from '../video.status.ts';
import { type Claim, type ProcessingDeps, toOwnedRow, toTimeFromNow } from './claim-video.ts';
import { nextSequence } from './status-sequence.ts';
import { publishVideoChanged } from './video.events.ts';

/**
 * Records the progress of an attempt and extends its lease. Returns false when the lease is lost. The
 * percentage never falls. Without `secondsLeft` the earlier estimate stays.
 */
export async function recordProgress(
  deps: ProcessingDeps,
  claim: Claim,
  progress: { phase: ProcessingPhase; percent: number; secondsLeft?: number | null },
  leaseSeconds: number,
): Promise<boolean> {
  return updateOwned(deps, claim, {
    phase: progress.phase,
    percent: raw('greatest(percent, ?::real)', [progress.percent]),
    leaseUntil: toTimeFromNow(leaseSeconds),
    ...(progress.secondsLeft != null && { readyAt: toTimeFromNow(progress.secondsLeft) }),
  });
}

/** Publishes the finished clip. Returns false when the claim is lost; the caller then removes its files. */
export async function completeVideo(
  deps: ProcessingDeps,
  claim: Claim,
  clip: Renditions & { durationSeconds: number },
): Promise<boolean> {
  const published = await deps.em.transactional(async em => {
    const row = toOwnedRow(claim);
    const video = await em.findOne(Video, row, { fields: ['player'] });
    const changes = { ...clip, status: 'PROCESSED' as const, percent: 100, leaseUntil: null };
    const processedAt = raw('now()');
    const changed = await em.nativeUpdate(Video, row, { ...changes, processedAt, ...nextSequence });
    if (changed === 0 || video === null) return false;
    await recalculateScores(em, [video.player.id]);
    return true;
  });
  if (published) await publishVideoChanged(deps.events, claim.videoId);
  return published;
}

/** Ends the video as `FAILED`, without a retry. Returns false when the claim is lost. */
export async function failVideo(deps: ProcessingDeps, claim: Claim, reason: FailureReason): Promise<boolean> {
  return updateOwned(deps, claim, { status: 'FAILED', failureReason: reason, leaseUntil: null });
}

/**
 * Releases the video, to be claimed again after `delaySeconds`. Returns false when the claim is lost. An
 * attempt that ended for a reason outside the work, such as a worker that stops, must not be `counted`.
 */
export async function releaseVideo(
  deps: ProcessingDeps,
  claim: Claim,
  options: { delaySeconds: number; counted: boolean },
): Promise<boolean> {
  return updateOwned(deps, claim, {
    phase: 'QUEUED',
    leaseUntil: toTimeFromNow(options.delaySeconds),
    readyAt: null,
    ...(!options.counted && { attemptLimit: raw('attempt_limit + 1') }),
  });
}

async function updateOwned(
  { em, events }: ProcessingDeps,
  claim: Claim,
  changes: Parameters<typeof em.nativeUpdate<Video>>[2],
): Promise<boolean> {
  const changed = await em.nativeUpdate(Video, toOwnedRow(claim), { ...changes, ...nextSequence });
  if (changed === 0) return false;
  await publishVideoChanged(events, claim.videoId);
  return true;
}
