import type { EntityManager } from '../../platform/database/database.ts';

/** How the rows stand that are not done. */
export interface QueueState {
  /** For their first attempt. */
  waiting: number;
  processing: number;
  /** For another attempt. */
  retrying: number;
  /** How long the one has waited that has waited longest for its first attempt; 0 when none waits. */
  oldestSeconds: number;
}

/** Counts the queue; one scan of an index that holds nothing else. */
export async function readQueueState(em: EntityManager): Promise<QueueState> {
  const [row] = await em.execute<[QueueState]>(
    `select count(*) filter (where status = 'UPLOADED')::int as waiting,
            count(*) filter (where status = 'PROCESSING' and phase <> 'QUEUED')::int as processing,
            count(*) filter (where status = 'PROCESSING' and phase = 'QUEUED')::int as retrying,
            coalesce(extract(epoch from now() - min(queued_at) filter (where status = 'UPLOADED')), 0)::float8
              as "oldestSeconds"
       from videos where status in ('UPLOADED', 'PROCESSING')`,
  );
  return row;
}
