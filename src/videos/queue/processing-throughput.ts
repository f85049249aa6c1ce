import type { EntityManager } from '../../platform/database/database.ts';

/** How many of the newest clips tell the pace. */
const RECENT_CLIPS = 20;

/** What making a clip has taken lately, all steps together, by the clock and with everything else the workers did. */
export interface ProcessingThroughput {
  secondsPerVideo: number;
  secondsPerOutputSecond: number;
}

/** The pace of the newest published clips; null while there are none. Costs an index scan over these few rows. */
export async function readProcessingThroughput(em: EntityManager): Promise<ProcessingThroughput | null> {
  const [row] = await em.execute<{ videos: number; seconds: number; output: number }[]>(
    `select count(*)::int as videos, sum(extract(epoch from processed_at - started_at))::float8 as seconds,
            sum(duration_seconds)::float8 as output
       from (select started_at, processed_at, duration_seconds from videos
              where status = 'PROCESSED' and hidden_at is null order by id desc limit ?) as newest
      where started_at is not null`,
    [RECENT_CLIPS],
  );
  if (!row || row.videos === 0) return null;
  return { secondsPerVideo: row.seconds / row.videos, secondsPerOutputSecond: row.seconds / row.output };
}
