import type { EntityManager } from '../../platform/database/database.ts';
import { readProcessingThroughput } from './processing-throughput.ts';
import { readTotalCapacity } from './worker-registry.ts';

/** The load of the workers, from which waiting times are estimated. */
interface QueueLoad {
  /** Number of videos that all workers process concurrently. */
  capacity: number;
  /**
   * Average duration of the newest clips, or of the videos under processing if these take longer. Null while
   * neither is known.
   */
  secondsPerVideo: number | null;
  /** Seconds left for each video under processing; null where its worker has no estimate. */
  underWay: readonly (number | null)[];
}

/** Reads the current load, by the database's clock. The cost grows with the workers, not with the queue. */
export async function readQueueLoad(em: EntityManager): Promise<QueueLoad> {
  const underWay = await em.execute<{ left_seconds: number | null; whole: number | null }[]>(
    `select extract(epoch from ready_at - now())::float8 as left_seconds,
            extract(epoch from ready_at + greatest(now() - ready_at, interval '0') - started_at)::float8 as whole
       from videos where status = 'PROCESSING' and phase <> 'QUEUED' and lease_until > now()`,
  );
  const throughput = await readProcessingThroughput(em);
  const known = underWay.flatMap(({ whole }) => whole ?? []);
  const estimates = [
    ...(throughput ? [throughput.secondsPerVideo] : []),
    ...(known.length > 0 ? [known.reduce((sum, seconds) => sum + seconds, 0) / known.length] : []),
  ];
  return {
    capacity: await readTotalCapacity(em),
    // With more concurrent videos than before, each takes longer than the newest clips did.
    secondsPerVideo: estimates.length > 0 ? Math.max(...estimates) : null,
    underWay: underWay.map(({ left_seconds }) => left_seconds),
  };
}

/**
 * Returns a function that estimates the seconds until the video at a queue position is published. The
 * estimate is null while no worker takes jobs, and before the first clip.
 */
export function createEtaEstimator({
  capacity,
  secondsPerVideo,
  underWay,
}: QueueLoad): (position: number) => number | null {
  if (capacity === 0 || secondsPerVideo === null) return () => null;
  const busy = underWay.map(seconds => Math.max(0, seconds ?? secondsPerVideo / 2));
  const idle = Array.from({ length: Math.max(0, capacity - busy.length) }, () => 0);
  // Each unit of capacity finishes its current video. Then the units take videos from the queue in turn.
  const freeAt = [...idle, ...busy].toSorted((a, b) => a - b).slice(0, capacity);
  return position => {
    const start = (freeAt[position % capacity] ?? 0) + secondsPerVideo * Math.floor(position / capacity);
    return Math.round(start + secondsPerVideo);
  };
}
