import { reconcileVideos } from '../videos/processing/reconcile-videos.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';

/** Running workers reconcile such videos within seconds. */
const GRACE_SECONDS = 60;
const IS_STUCK = `(status = 'UPLOADED' and queued_at < now() - make_interval(secs => ?)
             or status = 'PROCESSING' and lease_until < now() - make_interval(secs => ?))`;

/**
 * Yields the unfinished videos that no worker will process: they have no live worker and no job in the queue.
 */
export async function* findStuckVideos({ forkEm, ...deps }: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  const rows = await forkEm().execute<{ id: string }[]>(
    `select id from videos where status in ('UPLOADED', 'PROCESSING') and ${IS_STUCK} order by queued_at`,
    [GRACE_SECONDS, GRACE_SECONDS],
  );
  for (const { id } of rows) {
    const [row] = await forkEm().execute<{ status: string; attempt: number }[]>(
      `select status, attempt from videos where id = ? and ${IS_STUCK}`,
      [id, GRACE_SECONDS, GRACE_SECONDS],
    );
    if (!row || (await deps.jobs.isQueued({ videoId: id, attempt: row.attempt })) !== false) continue;
    yield {
      problem: `Video ${id} is ${row.status} and the queue has no job for it`,
      resolution: 'enqueue the job again, or fail the video when it has no attempts left',
      repair: async () => void (await reconcileVideos({ ...deps, em: forkEm(), leasesReliable: true })),
    };
  }
}
