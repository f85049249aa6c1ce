import type { EntityManager } from '../../platform/database/database.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { WAIT_TICK_SECONDS, waitTicksSince } from '../processing/status-sequence.ts';
import { createEtaEstimator, readQueueLoad } from './queue-eta.ts';

/** The minimum interval between two scans that new subscribers cause. */
const NEW_SUBSCRIBERS_MILLISECONDS = 100;
/** The minimum change of a position or estimate that is sent, as a share of the last value. */
const CHANGE_SHARE = 0.02;

/** The position of a waiting video. */
export interface QueuePosition {
  /** Number of videos before this one. */
  position: number;
  /** Estimated seconds until the clip is published; null while there is no estimate. */
  etaSeconds: number | null;
  /** Wait ticks since the video was queued, by the database's clock and so equal in every process. */
  waitTicks: number;
}

/** A video's queue position, updated until the subscription is disposed. */
export interface QueueSubscription extends Disposable {
  /** The last sent position; null while the position is unknown. */
  readonly position: QueuePosition | null;
}

/** `moved` means that the position changed, `left` that the video no longer waits. */
type QueueChange = 'moved' | 'left';

/** The queue positions of all waiting videos with a subscriber in this process. */
export interface QueuePositions {
  /**
   * Resolves once the position of a video is read or the read has failed. Calls `onChange` after a change of
   * at least {@link CHANGE_SHARE}, at most once in {@link WAIT_TICK_SECONDS}.
   */
  subscribe(videoId: string, onChange: (change: QueueChange) => void): Promise<QueueSubscription>;
}

interface Subscriber {
  videoId: string;
  position: QueuePosition | null;
  onChange: (change: QueueChange) => void;
}

/**
 * Creates the queue positions of this process. One scan of an index that holds only unfinished videos serves
 * any number of subscribers. Scans run at most every 2 seconds, sooner for new subscribers, and never without
 * subscribers.
 */
export function createQueuePositions(deps: { forkEm: () => EntityManager; logger: Logger }): QueuePositions {
  const scanner = new QueueScanner(deps);
  return {
    async subscribe(videoId, onChange) {
      const subscriber: Subscriber = { videoId, position: null, onChange };
      await scanner.add(subscriber);
      return {
        get position() {
          return subscriber.position;
        },
        [Symbol.dispose]: () => scanner.remove(subscriber),
      };
    },
  };
}

/** Scans the queue while there are subscribers. */
class QueueScanner {
  readonly #deps: { forkEm: () => EntityManager; logger: Logger };
  readonly #subscribers = new Set<Subscriber>();
  /** Resolves the subscribers that the next scan reads for the first time. */
  #pendingSubscribers: (() => void)[] = [];
  #isScanning = false;
  #scannedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: { forkEm: () => EntityManager; logger: Logger }) {
    this.#deps = deps;
  }

  /** Resolves after the first scan that contains the subscriber. */
  async add(subscriber: Subscriber): Promise<void> {
    const { promise: scanned, resolve } = Promise.withResolvers<void>();
    this.#subscribers.add(subscriber);
    this.#pendingSubscribers.push(resolve);
    if (!this.#isScanning) this.#scheduleNext();
    await scanned;
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size === 0 && !this.#isScanning) clearTimeout(this.#timer);
  }

  async #scan(): Promise<void> {
    this.#isScanning = true;
    this.#scannedAt = performance.now();
    // The query may lack the videos of later subscribers, which therefore wait for the next scan.
    const [subscribers, pending] = [[...this.#subscribers], this.#pendingSubscribers];
    this.#pendingSubscribers = [];
    try {
      const videoIds = new Set(subscribers.map(({ videoId }) => videoId));
      const positions = await readPositions(this.#deps.forkEm(), videoIds);
      for (const subscriber of subscribers) notify(subscriber, positions.get(subscriber.videoId));
    } catch (error) {
      // Subscribers keep their last position; the next scan tries again.
      this.#deps.logger.warn({ err: error }, 'queue positions not read');
    }
    for (const resolve of pending) resolve();
    this.#isScanning = false;
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    if (this.#pendingSubscribers.length > 0) {
      this.#scanIn(Math.max(0, this.#scannedAt + NEW_SUBSCRIBERS_MILLISECONDS - performance.now()));
    } else if (this.#subscribers.size > 0) {
      this.#scanIn(WAIT_TICK_SECONDS * 1000);
    }
  }

  #scanIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#scan(), milliseconds).unref();
  }
}

/**
 * Updates a subscriber at most once a wait tick, as sequences must grow. A scan within the same tick, for new
 * subscribers, changes nothing for the others.
 */
function notify(subscriber: Subscriber, latest: QueuePosition | undefined): void {
  const { position: sent } = subscriber;
  if (latest === undefined) {
    subscriber.onChange('left');
  } else if (sent === null || (latest.waitTicks > sent.waitTicks && hasChanged(sent, latest))) {
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

/** Returns the positions of the waiting videos among `videoIds`. */
async function readPositions(
  em: EntityManager,
  videoIds: ReadonlySet<string>,
): Promise<Map<string, QueuePosition>> {
  const rows = await em.execute<{ id: string; position: number; waitTicks: number }[]>(
    `select id, position, ${waitTicksSince('queued_at')} as "waitTicks"
       from (select id, queued_at, (row_number() over (order by queued_at, id) - 1)::int as position
               from videos where status = 'UPLOADED') as queue
      where id = any(?::uuid[])`,
    [`{${[...videoIds].join()}}`],
  );
  const estimate = createEtaEstimator(await readQueueLoad(em));
  return new Map(
    rows.map(({ id, position, waitTicks }) => [id, { position, waitTicks, etaSeconds: estimate(position) }]),
  );
}
