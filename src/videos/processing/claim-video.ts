import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';
import { Video } from '../video.entity.ts';
import { NEXT_SEQUENCE_AFTER_WAIT, nextSequence } from './status-sequence.ts';
import { publishVideoChanged } from './video.events.ts';

/*
 * Each write of a worker is one UPDATE whose condition contains its attempt. When no row changes, another
 * worker owns the video or the video is deleted, and the caller drops its output. All leases are compared
 * with the database's clock.
 */

export interface ProcessingDeps {
  em: EntityManager;
  events: EventBus;
}

/**
 * SQL: whether the lease expired while a worker processed the video. A requeued video has the phase QUEUED.
 */
export const LEASE_EXPIRED = `status = 'PROCESSING' and phase <> 'QUEUED' and lease_until < now()`;

/** The right to process a video, until its lease expires. */
export interface Claim {
  videoId: string;
  attempt: number;
  attemptLimit: number;
  originalKey: StorageKey;
  /** Id of the request that uploaded the video; null for a video without a request. */
  requestId: string | null;
  /** W3C trace context of the upload; null when the upload was not traced. */
  traceparent: string | null;
}

/** Returns the condition under which a row still belongs to a claim. */
export const toOwnedRow = ({ videoId, attempt }: Claim) => ({
  id: videoId,
  attempt,
  status: 'PROCESSING' as const,
});

/** Returns the SQL value of the time `seconds` from now, by the database's clock. */
export const toTimeFromNow = (seconds: number) => raw('now() + make_interval(secs => ?)', [seconds]);

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

interface ClaimOptions {
  leaseSeconds: number;
  /** Worker deaths after which a video is not claimed again: the video may be their cause. */
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
 * Claims a waiting video, or one with an expired lease. Returns null for a video that is finished, deleted or
 * owned by another worker. Returns null also at the limit of attempts or worker deaths.
 */
export async function claimVideo(
  { em, events }: ProcessingDeps,
  videoId: string,
  { leaseSeconds, maxWorkerDeaths, expectedSeconds = null }: ClaimOptions,
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

/** Extends the lease. Returns false when the lease is lost. */
export async function renewLease(
  { em }: ProcessingDeps,
  claim: Claim,
  leaseSeconds: number,
): Promise<boolean> {
  const renewed = await em.nativeUpdate(Video, toOwnedRow(claim), {
    leaseUntil: toTimeFromNow(leaseSeconds),
  });
  return renewed === 1;
}

/**
 * Reverts the worker death that was recorded when this claim's lease expired, and grants the lost attempt
 * again. Only the worker of the claim calls this, which proves that it is alive. Changes nothing when the
 * video has ended or is deleted.
 */
export async function undoCrash({ em, events }: ProcessingDeps, { videoId, attempt }: Claim): Promise<void> {
  const attemptCounted = {
    id: videoId,
    attempt: { $gt: attempt },
    status: 'PROCESSING',
    workerDeaths: { $gt: 0 },
  } as const;
  const attemptReverted = {
    workerDeaths: raw('worker_deaths - 1'),
    attemptLimit: raw('attempt_limit + 1'),
    ...nextSequence,
  };
  const changed = await em.nativeUpdate(Video, attemptCounted, attemptReverted);
  if (changed > 0) await publishVideoChanged(events, videoId);
}
