import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import type { EventBus } from '../platform/events.ts';
import type { StorageKey } from '../platform/storage.ts';
import { recountTallies } from './tallies.ts';
import { Video } from './video.entity.ts';
import { videoChanged } from './video.events.ts';
import type { FailureReason, ProcessingPhase } from './video.status.ts';

/*
 * Every write here is one UPDATE that names the attempt it belongs to. No row changed means that somebody else owns
 * the video by now, or that it is gone: the caller drops its own output and leaves. Deadlines are the database's.
 */

export interface RecordingDeps {
  em: EntityManager;
  events: EventBus;
}

/** The right to process a video, for as long as its lease is kept. */
export interface Claim {
  videoId: string;
  attempt: number;
  attemptLimit: number;
  originalKey: StorageKey;
}

const next = { sequence: raw('sequence + 1') };
const leaseFor = (seconds: number) => raw('now() + make_interval(secs => ?)', [seconds]);
const owned = ({ videoId, attempt }: Claim) => ({ id: videoId, attempt, status: 'PROCESSING' as const });

/** Takes a video that waits, or whose worker fell silent. Null when it is somebody else's, done, or gone. */
export async function claimVideo(
  deps: RecordingDeps,
  videoId: string,
  leaseSeconds: number,
): Promise<Claim | null> {
  const [row] = await deps.em.execute<ClaimedRow[]>(
    `update videos
        set status = 'PROCESSING', phase = 'INSPECTING', attempt = attempt + 1, sequence = sequence + 1,
            lease_until = now() + make_interval(secs => ?), started_at = now()
      where id = ? and attempt < attempt_limit
        and (status = 'UPLOADED' or (status = 'PROCESSING' and lease_until < now()))
      returning attempt, attempt_limit, original_key`,
    [leaseSeconds, videoId],
  );
  if (!row) return null;
  await announce(deps, videoId);
  return { videoId, attempt: row.attempt, attemptLimit: row.attempt_limit, originalKey: row.original_key };
}

interface ClaimedRow {
  attempt: number;
  attempt_limit: number;
  original_key: StorageKey;
}

/** Extends the lease; false when it is lost. */
export async function keepLease({ em }: RecordingDeps, claim: Claim, leaseSeconds: number): Promise<boolean> {
  const kept = await em.nativeUpdate(Video, owned(claim), { leaseUntil: leaseFor(leaseSeconds) });
  return kept === 1;
}

/** Records how far the work is and extends the lease; false when it is lost. The percentage never falls. */
export async function recordProgress(
  deps: RecordingDeps,
  claim: Claim,
  progress: { phase: ProcessingPhase; percent: number },
  leaseSeconds: number,
): Promise<boolean> {
  return change(deps, claim, {
    phase: progress.phase,
    percent: raw('greatest(percent, ?::real)', [progress.percent]),
    leaseUntil: leaseFor(leaseSeconds),
  });
}

/** Publishes the finished clip; false when the video is no longer ours, so that its files must go. */
export async function completeVideo(
  deps: RecordingDeps,
  claim: Claim,
  clip: { clipKey: StorageKey; posterKey: StorageKey; durationSeconds: number },
): Promise<boolean> {
  const published = await deps.em.transactional(async em => {
    const row = owned(claim);
    const video = await em.findOne(Video, row, { fields: ['player'] });
    const changes = { ...clip, status: 'PROCESSED' as const, percent: 100, leaseUntil: null };
    const changed = await em.nativeUpdate(Video, row, { ...changes, processedAt: raw('now()'), ...next });
    if (changed === 0 || video === null) return false;
    await recountTallies(em, [video.player.id]);
    return true;
  });
  if (published) await announce(deps, claim.videoId);
  return published;
}

/** Ends the video `FAILED` for good; false when it is no longer ours. */
export async function failVideo(deps: RecordingDeps, claim: Claim, reason: FailureReason): Promise<boolean> {
  return change(deps, claim, { status: 'FAILED', failureReason: reason, leaseUntil: null });
}

/**
 * Gives the video back, to be claimed again after `delaySeconds`; false when it is no longer ours. An attempt that
 * ended through no fault of the work, such as a worker that was told to stop, is not counted.
 */
export async function releaseVideo(
  deps: RecordingDeps,
  claim: Claim,
  options: { delaySeconds: number; counted: boolean },
): Promise<boolean> {
  return change(deps, claim, {
    phase: 'QUEUED',
    leaseUntil: leaseFor(options.delaySeconds),
    ...(!options.counted && { attemptLimit: raw('attempt_limit + 1') }),
  });
}

async function change(
  deps: RecordingDeps,
  claim: Claim,
  changes: Parameters<typeof deps.em.nativeUpdate<Video>>[2],
): Promise<boolean> {
  const changed = await deps.em.nativeUpdate(Video, owned(claim), { ...changes, ...next });
  if (changed === 0) return false;
  await announce(deps, claim.videoId);
  return true;
}

/** After the commit: a subscriber answers an event by reading the row. */
async function announce({ events }: RecordingDeps, videoId: string): Promise<void> {
  await events.publish(videoChanged, videoId, { videoId, deleted: false });
}
