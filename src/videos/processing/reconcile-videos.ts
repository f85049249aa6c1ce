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
  /** Worker deaths after which a video is failed; the same limit as for a claim. */
  maxWorkerDeaths: number;
  /**
   * Whether an expired lease means a dead worker. False after an outage, in which the leases of live workers
   * expire; the run then fails no video.
   */
  leasesReliable: boolean;
}

/** The changes of one run. */
export interface ReconcileResult {
  enqueued: number;
  failed: AbandonedVideo[];
}

/** A video that ended as `FAILED(INTERNAL)` after its last worker's lease had expired. */
interface AbandonedVideo {
  videoId: string;
  attempt: number;
  /** True for a video that exceeded the limit of worker deaths; false when only its attempts ran out. */
  poison: boolean;
}

/**
 * Reconciles the queue with the rows. Enqueues the videos that wait or lost their worker; a job that is
 * already queued is not enqueued twice. Fails the videos without attempts left, and those with too many
 * worker deaths. Returns null when another process reconciles at the same time.
 */
export async function reconcileVideos({
  em,
  jobs,
  events,
  maxWorkerDeaths,
  leasesReliable,
}: ReconcileDeps): Promise<ReconcileResult | null> {
  const found = await em.transactional(async em => {
    if (!(await tryAdvisoryLock(em, 'reconcile'))) return null;
    const failed = leasesReliable ? await failExpired(em, maxWorkerDeaths) : [];
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
    // A failed enqueue means that Redis is disconnected. The next run retries.
    if (!(await jobs.enqueue({ videoId: id, attempt }))) break;
    enqueued++;
  }
  return { enqueued, failed: found.failed };
}

/** Fails the videos with an expired lease and no attempts left or too many worker deaths. */
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
