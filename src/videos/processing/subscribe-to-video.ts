import { setTimeout as pause } from 'node:timers/promises';
import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { EntityManager } from '../../platform/database/database.ts';
import type { EventBus } from '../../platform/pubsub/event-bus.ts';
import type { QueuePositions, QueueSubscription } from '../queue/queue-positions.ts';
import { Video } from '../video.entity.ts';
import { isTerminal } from '../video.status.ts';
import { maySee, type Viewer } from '../visibility.ts';
import { videoChanged } from './video.events.ts';

/** Between two moments of one follower, but for the last one, which does not wait. */
const GAP_MILLISECONDS = 250;

/** Leases after which somebody has done something to a video that is being processed, whether or not it was told. */
const SILENT_LEASES = 2;

/** A video as it stood at one moment of its processing. */
export interface VideoStatusUpdate {
  video: Video;
  /** Higher than that of every earlier moment of this video, whichever process has told it. */
  sequence: number;
  /** Videos that are taken before this one, while it waits. */
  queuePosition: number | null;
  etaSeconds: number | null;
}

/**
 * A video's present moment first, then each later one with a higher sequence, at most four a second, ending after a
 * terminal status or when the video is deleted. A reader that is slow misses moments in between, never the newest.
 * Nothing when the video is not the viewer's to see.
 *
 * A change costs one read of the row by its key; a place in the queue costs the follower nothing, as all share one look.
 * A change of a video that is being processed is seen within two leases, also when nobody tells of it.
 */
export function subscribeToVideo(
  {
    forkEm,
    events,
    queuePositions,
    leaseSeconds,
  }: { forkEm: () => EntityManager; events: EventBus; queuePositions: QueuePositions; leaseSeconds: number },
  viewer: Viewer,
  videoId: string,
): Repeater<VideoStatusUpdate> {
  return new Repeater<VideoStatusUpdate>(async (push, stop) => {
    let woken = Promise.withResolvers<void>();
    let rowIsOld = true;
    const readAgain = () => {
      rowIsOld = true;
      woken.resolve();
    };
    // Subscribed before the first look, so that nothing happens in between unseen.
    const unsubscribe = await events.subscribe(videoChanged, videoId, readAgain);
    let stopped = false;
    const left = stop.then(() => {
      stopped = true;
    });
    let video: Video | null = null;
    let spot: QueueSubscription | undefined;
    try {
      let sequence = -1;
      let toldAt = Number.NEGATIVE_INFINITY;
      while (!stopped) {
        woken = Promise.withResolvers();
        if (rowIsOld) {
          rowIsOld = false;
          video = await readVideo(forkEm(), videoId);
        }
        if (video === null || !maySee(viewer, video)) break;
        if (video.status === 'UPLOADED') {
          spot ??= await queuePositions.subscribe(videoId, news =>
            news === 'left' ? readAgain() : woken.resolve(),
          );
          // It was taken while its place was looked for.
          if (rowIsOld) continue;
        } else {
          spot?.[Symbol.dispose]();
          spot = undefined;
        }
        const moment = toStatusUpdate(video, spot);
        const ended = isTerminal(video.status);
        const gap = ended ? 0 : toldAt + GAP_MILLISECONDS - performance.now();
        if (moment.sequence > sequence && gap <= 0) {
          ({ sequence } = moment);
          toldAt = performance.now();
          await Promise.race([push(moment), left]);
        }
        if (ended) break;
        const later = moment.sequence > sequence ? [pause(gap, undefined, { ref: false })] : [];
        // Whoever changes a row may die before he tells, or not hear that his commit went through.
        const silence =
          video.status === 'PROCESSING'
            ? setTimeout(readAgain, SILENT_LEASES * leaseSeconds * 1000)
            : undefined;
        silence?.unref();
        await Promise.race([woken.promise, left, ...later]);
        clearTimeout(silence);
      }
    } finally {
      spot?.[Symbol.dispose]();
      unsubscribe();
      stop();
    }
  }, new SlidingBuffer(1));
}

function readVideo(em: EntityManager, videoId: string): Promise<Video | null> {
  return em.findOne(Video, videoId, { populate: ['secondsLeft', 'turnsWaited'] });
}

function toStatusUpdate(video: Video, spot: QueueSubscription | undefined): VideoStatusUpdate {
  const waits = video.status === 'UPLOADED';
  const place = waits ? (spot?.position ?? null) : null;
  const secondsLeft = video.status === 'PROCESSING' ? (video.secondsLeft ?? null) : null;
  return {
    video,
    // Waiting changes nothing in the row: its turns are added here, and to the row itself once it is claimed.
    // Those of the row as well, as another process may have told a place while this one knows none.
    sequence: video.sequence + (waits ? Math.max(video.turnsWaited ?? 0, place?.turns ?? 0) : 0),
    queuePosition: place?.position ?? null,
    etaSeconds: place ? place.etaSeconds : secondsLeft && Math.max(0, Math.round(secondsLeft)),
  };
}
