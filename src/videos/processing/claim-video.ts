import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';
import { Video } from '../video.entity.ts';
import { NEXT_SEQUENCE, NEXT_SEQUENCE_AFTER_WAIT } from './status-sequence.ts';
import { publishVideoChanged } from './video.events.ts';

/*
 * Each write of a worker is one UPDATE that names its attempt. When no row changes, another worker owns the
 * video or the video is deleted: the caller drops its output. Leases are compared with the database's clock.
 */

export interface ProcessingDeps {
  em: EntityManager;
  events: EventBus;
}

/**
 * SQL: whether a worker let its lease expire while it processed the video; a requeued video has the phase
 * QUEUED.
 */
export const LEASE_EXPIRED = `status = 'PROCESSING' and phase <> 'QUEUED' and lease_until < now()`;

/** The right to process a video, until its lease expires. */
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

/** Condition under which a row still belongs to a claim. */
export const ownedRow = ({ videoId, attempt }: Claim) => ({
  id: videoId,
  attempt,
  status: 'PROCESSING' as const,
});

/** SQL value: so many seconds from now, by the database's clock. */
export const secondsFromNow = (seconds: number) => raw('now() + make_interval(secs => ?)', [seconds]);

/**
 * Returns whether a worker died while it processed this video. The next worker then processes it without
 * other jobs in the same process.
 */
export async function isPoisonSuspect({ em }: Pick<ProcessingDeps, 'em'>, videoId: string): Promise<boolean> {
  const [row] = await em.execute<{ suspect: boolean }[]>(
    `select worker_deaths > 0 or (${LEASE_EXPIRED}) as suspect from videos where id = ?`,
    [videoId],
  );
  return row?.suspect ?? false;
}

export interface ClaimTerms {
  leaseSeconds: number;
  /** A video that so many workers died of is not retried: it may be the cause of their deaths. */
  maxWorkerDeaths: number;
  /** Estimate shown to subscribers; null while there is none. */
  expectedSeconds?: number | null | undefined;
}

interface ClaimedRow {
  attempt: number;
  attempt_limit: number;
  original_key: StorageKey;
  request_id: string | null;
  traceparent: string | null;
}

/**
 * Claims a video that waits or whose lease has expired. Null when another worker owns it, when it is finished
 * or deleted, or when too many workers died of it.
 */
export async function claimVideo(
  { em, events }: ProcessingDeps,
  videoId: string,
  { leaseSeconds, maxWorkerDeaths, expectedSeconds = null }: ClaimTerms,
): Promise<Claim | null> {
  const [row] = await em.execute<ClaimedRow[]>(
    `update videos
        set status = 'PROCESSING', phase = 'INSPECTING', attempt = attempt + 1,
            lease_until = now() + make_interval(secs => ?),
            worker_deaths = worker_deaths + (${LEASE_EXPIRED})::int, started_at = now(),
            ready_at = now() + make_interval(secs => ?::float8), sequence = ${NEXT_SEQUENCE_AFTER_WAIT}
      where id = ? and attempt < attempt_limit
        and (status = 'UPLOADED' or (status = 'PROCESSING' and lease_until < now()))
        and worker_deaths + (${LEASE_EXPIRED})::int < ?
      returning attempt, attempt_limit, original_key, request_id, traceparent`,
    [leaseSeconds, expectedSeconds, videoId, maxWorkerDeaths],
  );
  if (!row) return null;
  await publishVideoChanged(events, videoId);
  return {
    videoId,
    attempt: row.attempt,
    attemptLimit: row.attempt_limit,
    originalKey: row.original_key,
    requestId: row.request_id,
    traceparent: row.traceparent,
  };
}

/** Extends the lease; false when it is lost. */
export async function renewLease(
  { em }: ProcessingDeps,
  claim: Claim,
  leaseSeconds: number,
): Promise<boolean> {
  const renewed = await em.nativeUpdate(Video, ownedRow(claim), { leaseUntil: secondsFromNow(leaseSeconds) });
  return renewed === 1;
}

/**
 * Reverts the worker death that was recorded when this claim's lease expired, and returns the attempt that it
 * cost: the worker is alive. No change when the video has ended or is deleted.
 */
export async function undoCrash({ em, events }: ProcessingDeps, { videoId, attempt }: Claim): Promise<void> {
  const counted = {
    id: videoId,
    attempt: { $gt: attempt },
    status: 'PROCESSING',
    workerDeaths: { $gt: 0 },
  } as const;
  const reverted = {
    workerDeaths: raw('worker_deaths - 1'),
    attemptLimit: raw('attempt_limit + 1'),
    sequence: raw(NEXT_SEQUENCE),
  };
  const changed = await em.nativeUpdate(Video, counted, reverted);
  if (changed > 0) await publishVideoChanged(events, videoId);
}
