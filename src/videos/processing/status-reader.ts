import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import type { QueuePosition, QueuePositions, QueueSubscription } from '../queue/queue-positions.ts';
import { Video } from '../video.entity.ts';
import { maySee, type Viewer } from '../visibility.ts';
import { toWaitingSequence } from './status-sequence.ts';
import { videoChanged } from './video.events.ts';

/** The number of leases without an event after which a row under processing is read again. */
const SILENT_LEASES = 2;

/** A video at one point of its processing. */
export interface VideoStatusUpdate {
  video: Video;
  /** Higher than in every earlier update of this video, in all processes. */
  sequence: number;
  /** The number of videos before this one in the queue; null unless the video waits. */
  queuePosition: number | null;
  /** Estimated seconds until the video is published; null while there is no estimate. */
  etaSeconds: number | null;
}

export interface StatusReaderDeps {
  forkEm: () => EntityManager;
  events: EventBus;
  queuePositions: QueuePositions;
  leaseSeconds: number;
}

/** Reads the status of one video: its row when stale, and its queue position while the video waits. */
export class StatusReader implements Disposable {
  readonly #deps: StatusReaderDeps;
  readonly #videoId: string;
  #row: 'stale' | 'fresh' = 'stale';
  #video: Video | null = null;
  #queue: QueueSubscription | undefined;
  #unsubscribe: (() => void) | undefined;
  #woken = Promise.withResolvers<void>();
  #stopped = false;

  constructor(deps: StatusReaderDeps, videoId: string) {
    this.#deps = deps;
    this.#videoId = videoId;
  }

  /** Subscribes to the events of the video until the reader is disposed. */
  async subscribe(): Promise<void> {
    const { events } = this.#deps;
    this.#unsubscribe = await events.subscribe(videoChanged, this.#videoId, () => this.#markStale());
  }

  /**
   * Returns the status; null when the video is deleted or hidden from the viewer, or the reader is stopped.
   */
  async read(viewer: Viewer): Promise<VideoStatusUpdate | null> {
    while (!this.#stopped) {
      this.#woken = Promise.withResolvers();
      const video = await this.#readRow();
      if (video === null || !maySee(viewer, video)) return null;
      if (video.status !== 'UPLOADED') {
        this.#leaveQueue();
        return toProcessingUpdate(video);
      }
      this.#queue ??= await this.#subscribeToQueue();
      // The row is stale when the video was claimed while its queue position was read.
      if (this.#row === 'fresh') return toWaitingUpdate(video, this.#queue.position);
    }
    return null;
  }

  /** Resolves after a change or a stop, and after `milliseconds` unless they are null. */
  async waitForChange(milliseconds: number | null): Promise<void> {
    const timers: NodeJS.Timeout[] = [];
    const schedule = (wake: () => void, delay: number) => timers.push(setTimeout(wake, delay).unref());
    if (milliseconds !== null) schedule(() => this.#woken.resolve(), milliseconds);
    if (this.#video?.status === 'PROCESSING') {
      // A writer may crash between its commit and its publish, or lose the response to its commit.
      schedule(() => this.#markStale(), SILENT_LEASES * this.#deps.leaseSeconds * 1000);
    }
    await this.#woken.promise;
    for (const timer of timers) clearTimeout(timer);
  }

  /** Ends the wait under way and all further reads. */
  stop(): void {
    this.#stopped = true;
    this.#woken.resolve();
  }

  [Symbol.dispose](): void {
    this.#leaveQueue();
    this.#unsubscribe?.();
  }

  #markStale(): void {
    this.#row = 'stale';
    this.#woken.resolve();
  }

  async #readRow(): Promise<Video | null> {
    if (this.#row === 'stale') {
      this.#row = 'fresh';
      const em = this.#deps.forkEm();
      this.#video = await em.findOne(Video, this.#videoId, { populate: ['secondsLeft', 'waitTicks'] });
    }
    return this.#video;
  }

  #subscribeToQueue(): Promise<QueueSubscription> {
    return this.#deps.queuePositions.subscribe(this.#videoId, change => {
      if (change === 'left') this.#markStale();
      else this.#woken.resolve();
    });
  }

  #leaveQueue(): void {
    this.#queue?.[Symbol.dispose]();
    this.#queue = undefined;
  }
}

function toWaitingUpdate(video: Video, position: QueuePosition | null): VideoStatusUpdate {
  return {
    video,
    sequence: toWaitingSequence(video.sequence, video.waitTicks ?? 0, position?.waitTicks ?? 0),
    queuePosition: position?.position ?? null,
    etaSeconds: position?.etaSeconds ?? null,
  };
}

function toProcessingUpdate(video: Video): VideoStatusUpdate {
  const secondsLeft = video.status === 'PROCESSING' ? (video.secondsLeft ?? null) : null;
  return {
    video,
    sequence: video.sequence,
    queuePosition: null,
    etaSeconds: secondsLeft && Math.max(0, Math.round(secondsLeft)),
  };
}
