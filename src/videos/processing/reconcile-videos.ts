import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import { LEASE_EXPIRED } from './record-processing.ts';
import { videoChanged } from './video.events.ts';
import type { VideoJobs } from './video.jobs.ts';

/** Any number, as long as every worker agrees on it. */
const RECONCILE_LOCK = 7_262_012;
/** A fresh row's own offer is given this long to reach the queue. */
const OFFER_SECONDS = 5;
/** Rows looked at in one run; the oldest first, so that a longer backlog is worked off over several runs. */
const BATCH = 500;

export interface ReconcileDeps {
  em: EntityManager;
  jobs: VideoJobs;
  events: EventBus;
  /** As for a claim. */
  maxWorkerDeaths: number;
  /** Whether videos may be ended: not where leases may have run out for no fault of those who held them. */
  mayEnd: boolean;
}

/** What one run mended. */
export interface Reconciliation {
  offered: number;
  ended: AbandonedVideo[];
}

/** A video that ended `FAILED(INTERNAL)` when its last worker had fallen silent. */
export interface AbandonedVideo {
  videoId: string;
  attempt: number;
  /** Whether it ended because workers died of it, and not only for want of attempts. */
  poison: boolean;
}

/**
 * Makes the queue agree with the rows: offers again what waits or lost its worker, and ends `FAILED` what is out of
 * attempts or has cost too many workers their lives. Offering what is queued already changes nothing. Null when another process is at it.
 */
export async function reconcileVideos({
  em,
  jobs,
  events,
  maxWorkerDeaths,
  mayEnd,
}: ReconcileDeps): Promise<Reconciliation | null> {
  const found = await em.transactional(async em => {
    const [lock] = await em.execute<{ mine: boolean }[]>('select pg_try_advisory_xact_lock(?) as mine', [
      RECONCILE_LOCK,
    ]);
    if (!lock?.mine) return null;
    const ended = mayEnd ? await failExpired(em, maxWorkerDeaths) : [];
    const claimable = await em.execute<{ id: string; attempt: number }[]>(
      `select id, attempt from videos
        where (status = 'UPLOADED' and queued_at < now() - make_interval(secs => ?))
           or (status = 'PROCESSING' and lease_until < now())
        order by queued_at limit ?`,
      [OFFER_SECONDS, BATCH],
    );
    return { ended, claimable };
  });
  if (!found) return null;

  for (const { videoId } of found.ended) {
    await events.publish(videoChanged, videoId, { videoId, deleted: false });
  }
  let offered = 0;
  for (const { id, attempt } of found.claimable) {
    // The first refusal means that Redis is away; the next run will see.
    if (!(await jobs.enqueue({ videoId: id, attempt }))) break;
    offered++;
  }
  return { offered, ended: found.ended };
}

/** Ends what is out of attempts, or has cost too many workers their lives, and that nobody holds. */
function failExpired(em: EntityManager, maxWorkerDeaths: number): Promise<AbandonedVideo[]> {
  return em.execute<AbandonedVideo[]>(
    `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null, sequence = sequence + 1,
            worker_deaths = worker_deaths + (${LEASE_EXPIRED})::int
      where status = 'PROCESSING' and lease_until < now()
        and (attempt >= attempt_limit or worker_deaths + (${LEASE_EXPIRED})::int >= ?)
      returning id as "videoId", attempt, worker_deaths >= ? as poison`,
    [maxWorkerDeaths, maxWorkerDeaths],
  );
}
