import { tryAdvisoryLock } from '../../platform/database/advisory-locks.ts';
import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import { LEASE_EXPIRED } from './claim-video.ts';
import { NEXT_SEQUENCE } from './status-sequence.ts';
import { publishVideoChanged } from './video.events.ts';
import type { VideoJobs } from './video.jobs.ts';

/** Time for the API to enqueue the job of a new row itself. */
const ENQUEUE_SECONDS = 5;
/** Rows read in one run, oldest first; a longer backlog takes several runs. */
const BATCH = 500;

export interface ReconcileDeps {
  em: EntityManager;
  jobs: VideoJobs;
  events: EventBus;
  /** As for a claim. */
  maxWorkerDeaths: number;
  /**
   * Whether videos may be failed: false after an outage, in which leases expire while their workers are
   * alive.
   */
  mayFail: boolean;
}

/** What one run changed. */
export interface Reconciliation {
  enqueued: number;
  failed: AbandonedVideo[];
}

/** A video that ended as `FAILED(INTERNAL)` after its last worker's lease had expired. */
export interface AbandonedVideo {
  videoId: string;
  attempt: number;
  /** Whether the video ended because workers died of it, and not only because no attempts are left. */
  poison: boolean;
}

/**
 * Reconciles the queue with the rows: enqueues again the videos that wait or lost their worker, and fails
 * those that have no attempts left or were processed by too many workers that died. A job that is already
 * queued is not enqueued twice. Null when another process reconciles at the same time.
 */
export async function reconcileVideos({
  em,
  jobs,
  events,
  maxWorkerDeaths,
  mayFail,
}: ReconcileDeps): Promise<Reconciliation | null> {
  const found = await em.transactional(async em => {
    if (!(await tryAdvisoryLock(em, 'reconcile'))) return null;
    const failed = mayFail ? await failExpired(em, maxWorkerDeaths) : [];
    const claimable = await em.execute<{ id: string; attempt: number }[]>(
      `select id, attempt from videos
        where (status = 'UPLOADED' and queued_at < now() - make_interval(secs => ?))
           or (status = 'PROCESSING' and lease_until < now())
        order by queued_at limit ?`,
      [ENQUEUE_SECONDS, BATCH],
    );
    return { failed, claimable };
  });
  if (!found) return null;

  for (const { videoId } of found.failed) await publishVideoChanged(events, videoId);
  let enqueued = 0;
  for (const { id, attempt } of found.claimable) {
    // The first refusal means that Redis is disconnected; the next run tries again.
    if (!(await jobs.enqueue({ videoId: id, attempt }))) break;
    enqueued++;
  }
  return { enqueued, failed: found.failed };
}

/** Fails the videos with an expired lease that have no attempts left or cost too many workers. */
function failExpired(em: EntityManager, maxWorkerDeaths: number): Promise<AbandonedVideo[]> {
  return em.execute<AbandonedVideo[]>(
    `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null,
            sequence = ${NEXT_SEQUENCE}, worker_deaths = worker_deaths + (${LEASE_EXPIRED})::int
      where status = 'PROCESSING' and lease_until < now()
        and (attempt >= attempt_limit or worker_deaths + (${LEASE_EXPIRED})::int >= ?)
      returning id as "videoId", attempt, worker_deaths >= ? as poison`,
    [maxWorkerDeaths, maxWorkerDeaths],
  );
}
