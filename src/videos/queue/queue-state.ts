import type { EntityManager } from '../../platform/database/database.ts';

/** Counts of the videos that have not ended. */
interface QueueState {
  /** Videos that wait for their first attempt. */
  waiting: number;
  /** Videos that a worker processes. */
  processing: number;
  /** Videos that wait for another attempt. */
  retrying: number;
  /** Longest wait for a first attempt, in seconds; 0 when no video waits. */
  oldestSeconds: number;
}

/** Returns the state of the queue. Costs one scan of an index that holds only unfinished videos. */
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
