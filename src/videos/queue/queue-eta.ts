import type { EntityManager } from '../../platform/database/database.ts';
import { readProcessingThroughput } from './processing-throughput.ts';
import { readTotalCapacity } from './worker-registry.ts';

/** What the near future of the queue follows from. */
export interface QueueForecast {
  /** Videos that can be processed at once now. */
  capacity: number;
  /** What a video takes: as the newest clips did, or as those under way do if that is longer; null while nobody can tell. */
  secondsPerVideo: number | null;
  /** What each of the videos under way still needs; null where its worker can't tell. */
  underWay: readonly (number | null)[];
}

/** How things stand, by the database's clock; its cost grows with the workers, not with the queue. */
export async function readQueueForecast(em: EntityManager): Promise<QueueForecast> {
  const underWay = await em.execute<{ left_seconds: number | null; whole: number | null }[]>(
    `select extract(epoch from ready_at - now())::float8 as left_seconds,
            extract(epoch from ready_at + greatest(now() - ready_at, interval '0') - started_at)::float8 as whole
       from videos where status = 'PROCESSING' and phase <> 'QUEUED' and lease_until > now()`,
  );
  const pace = await readProcessingThroughput(em);
  const known = underWay.flatMap(({ whole }) => whole ?? []);
  const estimates = [
    ...(pace ? [pace.secondsPerVideo] : []),
    ...(known.length > 0 ? [known.reduce((sum, seconds) => sum + seconds, 0) / known.length] : []),
  ];
  return {
    capacity: await readTotalCapacity(em),
    // More at once than lately makes each of them slower than the newest clips were.
    secondsPerVideo: estimates.length > 0 ? Math.max(...estimates) : null,
    underWay: underWay.map(({ left_seconds }) => left_seconds),
  };
}

/**
 * Tells of a position in the queue in how many seconds the video there is likely to be done; null when nobody can tell:
 * no worker takes jobs, or there has been no clip yet to measure by.
 */
export function createEtaEstimator({
  capacity: slots,
  secondsPerVideo,
  underWay,
}: QueueForecast): (position: number) => number | null {
  if (slots === 0 || secondsPerVideo === null) return () => null;
  const busy = underWay.map(seconds => Math.max(0, seconds ?? secondsPerVideo / 2));
  const idle = Array.from({ length: Math.max(0, slots - busy.length) }, () => 0);
  // Each slot ends what it is at, and from then on they take from the queue in turn.
  const freeAt = [...idle, ...busy].toSorted((a, b) => a - b).slice(0, slots);
  return position => {
    const start = (freeAt[position % slots] ?? 0) + secondsPerVideo * Math.floor(position / slots);
    return Math.round(start + secondsPerVideo);
  };
}
