import type { EntityManager } from '../../platform/database/database.ts';
import { PUBLISHED_VIDEO } from '../../rankings/published-video.ts';

/** Number of the newest clips that are measured. */
const RECENT_CLIPS = 20;

/** Wall-clock time per clip of the newest clips: all steps, and delays by other work of the workers. */
export interface ProcessingThroughput {
  secondsPerVideo: number;
  secondsPerOutputSecond: number;
}

/** Returns the throughput of the newest clips; null without clips. Costs an index scan of 20 rows. */
export async function readProcessingThroughput(em: EntityManager): Promise<ProcessingThroughput | null> {
  const [row] = await em.execute<{ videos: number; seconds: number; output: number }[]>(
    `select count(*)::int as videos, sum(extract(epoch from processed_at - started_at))::float8 as seconds,
            sum(duration_seconds)::float8 as output
       from (select started_at, processed_at, duration_seconds from videos
              where ${PUBLISHED_VIDEO} order by id desc limit ?) as newest
      where started_at is not null`,
    [RECENT_CLIPS],
  );
  if (!row || row.videos === 0) return null;
  return { secondsPerVideo: row.seconds / row.videos, secondsPerOutputSecond: row.seconds / row.output };
}
