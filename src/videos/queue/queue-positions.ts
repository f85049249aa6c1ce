import type { EntityManager } from '../../platform/database/database.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { TURN_SECONDS, turnsSince } from '../processing/status-sequence.ts';
import { createEtaEstimator, readQueueForecast } from './queue-eta.ts';

/** Least time between two scans that new subscribers cause. */
const NEW_SUBSCRIBERS_MILLISECONDS = 100;
/** Distant positions are sent coarsely: a change of at least this share is sent. */
const CHANGE_SHARE = 0.02;

/** The position of a waiting video. */
export interface QueuePosition {
  /** Number of videos before this one. */
  position: number;
  /** Estimated seconds until the clip is published; null while there is no estimate. */
  etaSeconds: number | null;
  /**
   * {@link TURN_SECONDS} that the video has waited, by the database's clock and so the same in every process.
   */
  turns: number;
}

/** A video's queue position, updated until the subscription is disposed. */
export interface QueueSubscription extends Disposable {
  /** The position last sent; null while it is unknown. */
  readonly position: QueuePosition | null;
}

/** `moved`: the position changed. `left`: the video waits no longer. */
type QueueChange = 'moved' | 'left';

/** The queue positions of all waiting videos with a subscriber in this process. */
export interface QueuePositions {
  /**
   * Resolves once the position of a video is read or the read has failed. `onChange` is called after a change
   * of at least {@link CHANGE_SHARE}, at most once in {@link TURN_SECONDS}.
   */
  subscribe(videoId: string, onChange: (change: QueueChange) => void): Promise<QueueSubscription>;
}

interface Subscriber {
  videoId: string;
  position: QueuePosition | null;
  onChange: (change: QueueChange) => void;
}

/**
 * Reads the queue once for all subscribers: one scan of an index that holds only the queue, for any number of
 * subscribers. Scans at most every 2 seconds, sooner for new subscribers, and never without subscribers.
 */
export function createQueuePositions({
  forkEm,
  logger,
}: {
  forkEm: () => EntityManager;
  logger: Logger;
}): QueuePositions {
  const subscribers = new Set<Subscriber>();
  let newcomers: (() => void)[] = [];
  let scanning = false;
  let scannedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const scanIn = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(scan, milliseconds).unref();
  };
  const scanForNewcomers = () =>
    scanIn(Math.max(0, scannedAt + NEW_SUBSCRIBERS_MILLISECONDS - performance.now()));

  const scan = async () => {
    scanning = true;
    scannedAt = performance.now();
    // Subscribers that come during this scan wait for the next one, as the query may not contain their
    // videos.
    const [present, waiting] = [[...subscribers], newcomers];
    newcomers = [];
    try {
      const positions = await readPositions(forkEm(), new Set(present.map(({ videoId }) => videoId)));
      for (const subscriber of present) notify(subscriber, positions.get(subscriber.videoId));
    } catch (error) {
      // Subscribers keep their last position; the next scan tries again.
      logger.warn({ err: error }, 'queue positions not read');
    }
    for (const resolve of waiting) resolve();
    scanning = false;
    if (newcomers.length > 0) scanForNewcomers();
    else if (subscribers.size > 0) scanIn(TURN_SECONDS * 1000);
  };

  return {
    async subscribe(videoId, onChange) {
      const subscriber: Subscriber = { videoId, position: null, onChange };
      const { promise: scanned, resolve } = Promise.withResolvers<void>();
      subscribers.add(subscriber);
      newcomers.push(resolve);
      if (!scanning) scanForNewcomers();
      await scanned;
      return {
        get position() {
          return subscriber.position;
        },
        [Symbol.dispose]() {
          subscribers.delete(subscriber);
          if (subscribers.size === 0 && !scanning) clearTimeout(timer);
        },
      };
    },
  };
}

/**
 * Updates a subscriber at most once a turn, as sequences must grow. A scan within the same turn, for new
 * subscribers, changes nothing for the others.
 */
function notify(subscriber: Subscriber, latest: QueuePosition | undefined): void {
  const { position: sent } = subscriber;
  if (latest === undefined) {
    subscriber.onChange('left');
  } else if (sent === null || (latest.turns > sent.turns && hasChanged(sent, latest))) {
    subscriber.position = latest;
    subscriber.onChange('moved');
  }
}

function hasChanged(sent: QueuePosition, latest: QueuePosition): boolean {
  return isWorthSending(sent.position, latest.position) || isWorthSending(sent.etaSeconds, latest.etaSeconds);
}

function isWorthSending(sent: number | null, latest: number | null): boolean {
  if (sent === null || latest === null) return sent !== latest;
  return sent !== latest && Math.abs(sent - latest) >= sent * CHANGE_SHARE;
}

/** The positions of those among `videoIds` that wait. */
async function readPositions(
  em: EntityManager,
  videoIds: ReadonlySet<string>,
): Promise<Map<string, QueuePosition>> {
  const rows = await em.execute<{ id: string; position: number; turns: number }[]>(
    `select id, position, ${turnsSince('queued_at')} as turns
       from (select id, queued_at, (row_number() over (order by queued_at, id) - 1)::int as position
               from videos where status = 'UPLOADED') as line
      where id = any(?::uuid[])`,
    [`{${[...videoIds].join()}}`],
  );
  const estimate = createEtaEstimator(await readQueueForecast(em));
  return new Map(
    rows.map(({ id, position, turns }) => [id, { position, turns, etaSeconds: estimate(position) }]),
  );
}
