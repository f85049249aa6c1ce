import type { EntityManager } from '../../platform/database/database.ts';
import { readProcessingThroughput } from './processing-throughput.ts';
import { readTotalCapacity } from './worker-registry.ts';

/** The facts from which queue estimates are computed. */
export interface QueueForecast {
  /** Number of videos that all workers process concurrently. */
  capacity: number;
  /**
   * That of the newest clips, or of the videos under processing if that is longer; null while neither is
   * known.
   */
  secondsPerVideo: number | null;
  /** Seconds that each video under processing still needs; null where its worker has no estimate. */
  underWay: readonly (number | null)[];
}

/** Reads the present state, by the database's clock; the cost grows with the workers, not with the queue. */
export async function readQueueForecast(em: EntityManager): Promise<QueueForecast> {
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
    // More concurrent videos than before make each of them slower than the newest clips were.
    secondsPerVideo: estimates.length > 0 ? Math.max(...estimates) : null,
    underWay: underWay.map(({ left_seconds }) => left_seconds),
  };
}

/**
 * Returns a function from a queue position to the estimated seconds until the clip of that video is
 * published; null while no worker takes jobs, or there is no clip yet to measure by.
 */
export function createEtaEstimator({
  capacity,
  secondsPerVideo,
  underWay,
}: QueueForecast): (position: number) => number | null {
  if (capacity === 0 || secondsPerVideo === null) return () => null;
  const busy = underWay.map(seconds => Math.max(0, seconds ?? secondsPerVideo / 2));
  const idle = Array.from({ length: Math.max(0, capacity - busy.length) }, () => 0);
  // Each slot finishes its present video; from then on the slots take from the queue in turn.
  const freeAt = [...idle, ...busy].toSorted((a, b) => a - b).slice(0, capacity);
  return position => {
    const start = (freeAt[position % capacity] ?? 0) + secondsPerVideo * Math.floor(position / capacity);
    return Math.round(start + secondsPerVideo);
  };
}
