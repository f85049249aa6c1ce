import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { EntityManager } from '../platform/database.ts';
import type { EventBus } from '../platform/events.ts';
import { Video } from './video.entity.ts';
import { videoChanged } from './video.events.ts';
import { isTerminal } from './video.status.ts';
import { maySee, type Viewer } from './visibility.ts';

/** A video as it stood at one moment of its processing. */
export interface VideoMoment {
  video: Video;
  /** Videos that are taken before this one, while it waits. */
  queuePosition: number | null;
  etaSeconds: number | null;
}

/**
 * A video's present moment first, then each later one with a higher sequence, ending after a terminal status or when
 * the video is deleted or the viewer's session is over, at `until`. A reader that is slow misses moments in between,
 * never the newest. Nothing when the video is not the viewer's to see.
 */
export function followVideo(
  { forkEm, events }: { forkEm: () => EntityManager; events: EventBus },
  viewer: Viewer,
  videoId: string,
  until: Date | null,
): Repeater<VideoMoment> {
  return new Repeater<VideoMoment>(async (push, stop) => {
    let changed = Promise.withResolvers<void>();
    // Subscribed before the first look, so that nothing happens in between unseen.
    const unsubscribe = await events.subscribe(videoChanged, videoId, () => changed.resolve());
    const expiry = until && setTimeout(stop, until.getTime() - Date.now()).unref();
    let stopped = false;
    const left = stop.then(() => {
      stopped = true;
    });
    try {
      let sequence = -1;
      while (!stopped) {
        changed = Promise.withResolvers();
        const moment = await readMoment(forkEm(), videoId);
        if (moment === null || !maySee(viewer, moment.video)) break;
        if (moment.video.sequence > sequence) {
          sequence = moment.video.sequence;
          await Promise.race([push(moment), left]);
        }
        if (isTerminal(moment.video.status)) break;
        await Promise.race([changed.promise, left]);
      }
    } finally {
      if (expiry) clearTimeout(expiry);
      unsubscribe();
      stop();
    }
  }, new SlidingBuffer(1));
}

async function readMoment(em: EntityManager, videoId: string): Promise<VideoMoment | null> {
  const video = await em.findOne(Video, videoId);
  if (video === null) return null;
  return { video, queuePosition: await queuePosition(em, video), etaSeconds: await etaSeconds(em, video) };
}

/** Counts an index that holds the queue and nothing else. */
async function queuePosition(em: EntityManager, video: Video): Promise<number | null> {
  if (video.status !== 'UPLOADED') return null;
  return em.count(Video, { status: 'UPLOADED', queuedAt: { $lt: video.queuedAt } });
}

/** From the share that is done and the time it took, by the database's clock; unknown until enough is done to tell. */
async function etaSeconds(em: EntityManager, video: Video): Promise<number | null> {
  // A later attempt keeps the percentage of the one before, so that it says nothing of the pace.
  if (video.status !== 'PROCESSING' || video.attempt > 1 || video.percent < 5) return null;
  const [row] = await em.execute<{ elapsed: number }[]>(
    'select extract(epoch from now() - started_at)::float8 as elapsed from videos where id = ?',
    [video.id],
  );
  return row ? Math.round((row.elapsed * (100 - video.percent)) / video.percent) : null;
}
