import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';
import { recalculateScores } from '../../rankings/player-scores.ts';
import type { Renditions } from '../files/video-files.ts';
import { Video } from '../video.entity.ts';
import { type FailureReason, type ProcessingPhase, TURN_SECONDS } from '../video.status.ts';
import { videoChanged } from './video.events.ts';

/*
 * Every write here is one UPDATE that names the attempt it belongs to. No row changed means that somebody else owns
 * the video by now, or that it is gone: the caller drops its own output and leaves. Deadlines are the database's.
 */

export interface ProcessingDeps {
  em: EntityManager;
  events: EventBus;
}

/** Whether whoever had a video gave no answer: one that gives it back says so in its phase. */
export const LEASE_EXPIRED = `status = 'PROCESSING' and phase <> 'QUEUED' and lease_until < now()`;

/** What comes after every sequence that was told of a video, also while it waited. */
export const NEXT_SEQUENCE = `sequence + 1 + case when status = 'UPLOADED'
  then floor(extract(epoch from now() - queued_at) / ${TURN_SECONDS})::int else 0 end`;

/** The right to process a video, for as long as its lease is kept. */
export interface Claim {
  videoId: string;
  attempt: number;
  attemptLimit: number;
  originalKey: StorageKey;
  /** Of the upload, when it came in a request. */
  requestId: string | null;
  /** Of the upload's trace, if there is one. */
  traceparent: string | null;
}

const next = { sequence: raw('sequence + 1') };
const inSeconds = (seconds: number) => raw('now() + make_interval(secs => ?)', [seconds]);
const owned = ({ videoId, attempt }: Claim) => ({ id: videoId, attempt, status: 'PROCESSING' as const });

/** Whether a worker died while it was at this video, so that the next one had better be at nothing else. */
export async function isPoisonSuspect({ em }: Pick<ProcessingDeps, 'em'>, videoId: string): Promise<boolean> {
  const [row] = await em.execute<{ suspect: boolean }[]>(
    `select worker_deaths > 0 or (${LEASE_EXPIRED}) as suspect from videos where id = ?`,
    [videoId],
  );
  return row?.suspect ?? false;
}

/**
 * Takes a video that waits, or whose worker fell silent. Null when it is somebody else's, done, or
 * gone, or was the end of too many workers.
 */
export async function claimVideo(
  deps: ProcessingDeps,
  videoId: string,
  { leaseSeconds, maxWorkerDeaths, expectedSeconds = null }: ClaimTerms,
): Promise<Claim | null> {
  const [row] = await deps.em.execute<ClaimedRow[]>(
    `update videos
        set status = 'PROCESSING', phase = 'INSPECTING', attempt = attempt + 1, lease_until = now() + make_interval(secs => ?),
            worker_deaths = worker_deaths + (${LEASE_EXPIRED})::int, started_at = now(), ready_at = now() + make_interval(secs => ?::float8),
            sequence = ${NEXT_SEQUENCE}
      where id = ? and attempt < attempt_limit
        and (status = 'UPLOADED' or (status = 'PROCESSING' and lease_until < now()))
        and worker_deaths + (${LEASE_EXPIRED})::int < ?
      returning attempt, attempt_limit, original_key, request_id, traceparent`,
    [leaseSeconds, expectedSeconds, videoId, maxWorkerDeaths],
  );
  if (!row) return null;
  await announce(deps, videoId);
  return {
    videoId,
    attempt: row.attempt,
    attemptLimit: row.attempt_limit,
    originalKey: row.original_key,
    requestId: row.request_id,
    traceparent: row.traceparent,
  };
}

export interface ClaimTerms {
  leaseSeconds: number;
  /** A video that so many workers died of is tried no more: it may well be what kills them. */
  maxWorkerDeaths: number;
  /** What followers are told to expect, if anything is known. */
  expectedSeconds?: number | null | undefined;
}

interface ClaimedRow {
  attempt: number;
  attempt_limit: number;
  original_key: StorageKey;
  request_id: string | null;
  traceparent: string | null;
}

/** Extends the lease; false when it is lost. */
export async function keepLease(
  { em }: ProcessingDeps,
  claim: Claim,
  leaseSeconds: number,
): Promise<boolean> {
  const kept = await em.nativeUpdate(Video, owned(claim), { leaseUntil: inSeconds(leaseSeconds) });
  return kept === 1;
}

/**
 * Records how far the work is and extends the lease; false when it is lost. The percentage never falls. Without
 * `secondsLeft` what was expected before still holds.
 */
export async function recordProgress(
  deps: ProcessingDeps,
  claim: Claim,
  progress: { phase: ProcessingPhase; percent: number; secondsLeft?: number | null },
  leaseSeconds: number,
): Promise<boolean> {
  return change(deps, claim, {
    phase: progress.phase,
    percent: raw('greatest(percent, ?::real)', [progress.percent]),
    leaseUntil: inSeconds(leaseSeconds),
    ...(progress.secondsLeft != null && { readyAt: inSeconds(progress.secondsLeft) }),
  });
}

/** Publishes the finished clip; false when the video is no longer ours, so that its files must go. */
export async function completeVideo(
  deps: ProcessingDeps,
  claim: Claim,
  clip: Renditions & { durationSeconds: number },
): Promise<boolean> {
  const published = await deps.em.transactional(async em => {
    const row = owned(claim);
    const video = await em.findOne(Video, row, { fields: ['player'] });
    const changes = { ...clip, status: 'PROCESSED' as const, percent: 100, leaseUntil: null };
    const changed = await em.nativeUpdate(Video, row, { ...changes, processedAt: raw('now()'), ...next });
    if (changed === 0 || video === null) return false;
    await recalculateScores(em, [video.player.id]);
    return true;
  });
  if (published) await announce(deps, claim.videoId);
  return published;
}

/** Ends the video `FAILED` for good; false when it is no longer ours. */
export async function failVideo(deps: ProcessingDeps, claim: Claim, reason: FailureReason): Promise<boolean> {
  return change(deps, claim, { status: 'FAILED', failureReason: reason, leaseUntil: null });
}

/**
 * Gives the video back, to be claimed again after `delaySeconds`; false when it is no longer ours. An attempt that
 * ended through no fault of the work, such as a worker that was told to stop, is not counted.
 */
export async function releaseVideo(
  deps: ProcessingDeps,
  claim: Claim,
  options: { delaySeconds: number; counted: boolean },
): Promise<boolean> {
  return change(deps, claim, {
    phase: 'QUEUED',
    leaseUntil: inSeconds(options.delaySeconds),
    readyAt: null,
    ...(!options.counted && { attemptLimit: raw('attempt_limit + 1') }),
  });
}

/**
 * Takes back that this worker was given up for dead, and returns the attempt that this has cost; nothing when the video
 * has ended or is gone.
 */
export async function undoCrash(deps: ProcessingDeps, { videoId, attempt }: Claim): Promise<void> {
  const blamed = {
    id: videoId,
    attempt: { $gt: attempt },
    status: 'PROCESSING',
    workerDeaths: { $gt: 0 },
  } as const;
  const returned = {
    workerDeaths: raw('worker_deaths - 1'),
    attemptLimit: raw('attempt_limit + 1'),
    ...next,
  };
  const changed = await deps.em.nativeUpdate(Video, blamed, returned);
  if (changed > 0) await announce(deps, videoId);
}

async function change(
  deps: ProcessingDeps,
  claim: Claim,
  changes: Parameters<typeof deps.em.nativeUpdate<Video>>[2],
): Promise<boolean> {
  const changed = await deps.em.nativeUpdate(Video, owned(claim), { ...changes, ...next });
  if (changed === 0) return false;
  await announce(deps, claim.videoId);
  return true;
}

/** After the commit: a subscriber answers an event by reading the row. */
async function announce({ events }: ProcessingDeps, videoId: string): Promise<void> {
  await events.publish(videoChanged, videoId, { videoId, deleted: false });
}
