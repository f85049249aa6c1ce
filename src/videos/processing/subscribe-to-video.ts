import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import { isTerminal } from '../video.status.ts';
import type { Viewer } from '../visibility.ts';
import { StatusReader, type StatusReaderDeps, type VideoStatusUpdate } from './status-reader.ts';

/** Least time between two updates of one subscriber; the last update does not wait. */
const MIN_INTERVAL_MILLISECONDS = 250;

/**
 * Emits a video's current status first, then each later one with a higher sequence, at most four a second.
 * Ends after a terminal status or when the video is deleted. A slow reader misses updates in between, never
 * the newest. Emits nothing when the viewer may not see the video.
 *
 * A change costs one read of the row by its key. Queue positions cost no read per subscriber, as all
 * subscribers share one scan. When the event of a change is lost, a video under processing is read again
 * within two leases.
 */
export function subscribeToVideo(
  deps: StatusReaderDeps,
  viewer: Viewer,
  videoId: string,
): Repeater<VideoStatusUpdate> {
  return new Repeater<VideoStatusUpdate>(async (push, stop) => {
    using reader = new StatusReader(deps, videoId);
    const throttle = new Throttle();
    const unsubscribed = stop.then(() => reader.stop());
    try {
      // Subscribes before the first read, so that no change in between is missed.
      await reader.subscribe();
      for (let update = await reader.read(viewer); update !== null; update = await reader.read(viewer)) {
        const delay = throttle.getDelay(update);
        if (delay === 0) {
          throttle.recordSent(update);
          await Promise.race([push(update), unsubscribed]);
        }
        if (isTerminal(update.video.status)) break;
        // After a sent update there is nothing to send later.
        await reader.waitForChange(delay || null);
      }
    } finally {
      stop();
    }
  }, new SlidingBuffer(1));
}

/** Limits one subscriber to updates of rising sequence and, except for the last, to one per interval. */
class Throttle {
  #sequence = -1;
  #sentAt = Number.NEGATIVE_INFINITY;

  /**
   * Returns the milliseconds until an update may be sent; null when it is not newer than the last one sent.
   */
  getDelay({ video, sequence }: VideoStatusUpdate): number | null {
    if (sequence <= this.#sequence) return null;
    if (isTerminal(video.status)) return 0;
    return Math.max(0, this.#sentAt + MIN_INTERVAL_MILLISECONDS - performance.now());
  }

  recordSent({ sequence }: VideoStatusUpdate): void {
    this.#sequence = sequence;
    this.#sentAt = performance.now();
  }
}
