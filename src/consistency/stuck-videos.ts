import { reconcileVideos } from '../videos/processing/reconcile-videos.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';

/** What a worker in service mends within seconds is no finding. */
const GRACE_SECONDS = 60;
const STUCK = `(status = 'UPLOADED' and queued_at < now() - make_interval(secs => ?)
             or status = 'PROCESSING' and lease_until < now() - make_interval(secs => ?))`;

/** Videos that have not ended, that nobody is at, and whose job is in no queue: no worker will ever come for them. */
export async function* findStuckVideos({ forkEm, ...deps }: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  const rows = await forkEm().execute<{ id: string }[]>(
    `select id from videos where status in ('UPLOADED', 'PROCESSING') and ${STUCK} order by queued_at`,
    [GRACE_SECONDS, GRACE_SECONDS],
  );
  for (const { id } of rows) {
    const [row] = await forkEm().execute<{ status: string; attempt: number }[]>(
      `select status, attempt from videos where id = ? and ${STUCK}`,
      [id, GRACE_SECONDS, GRACE_SECONDS],
    );
    if (!row || (await deps.jobs.isQueued({ videoId: id, attempt: row.attempt })) !== false) continue;
    yield {
      what: `Video ${id} is ${row.status}, and no queue holds its job`,
      remedy: 'offer it to the workers again, or end it when it is out of attempts',
      mend: async () => void (await reconcileVideos({ ...deps, em: forkEm(), mayEnd: true })),
    };
  }
}
