import type { EntityManager } from '../platform/database/database.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import type { Storage, StorageKey } from '../platform/storage/storage.ts';
import { videoChanged } from './processing/video.events.ts';
import { Video } from './video.entity.ts';
import { VideoIsPublished, VideoNotFound } from './video.errors.ts';

/**
 * Removes the owner's unpublished video with its files. A worker that is on it learns so at once from the event, at
 * the latest from its next heartbeat, and finds no row to bring back.
 *
 * @throws {VideoNotFound} also for other players' videos.
 * @throws {VideoIsPublished}
 */
export async function deleteVideo(
  { em, storage, events, logger }: { em: EntityManager; storage: Storage; events: EventBus; logger: Logger },
  playerId: string,
  videoId: string,
): Promise<void> {
  const [gone] = await em.execute<DeletedRow[]>(
    `delete from videos
      where id = ? and player_id = ? and not (status = 'PROCESSED' and hidden_at is null)
      returning original_key, clip_key, poster_key, preview_key, storyboard_key, storyboard_cues_key`,
    [videoId, playerId],
  );
  if (!gone) {
    const kept = await em.findOne(Video, { id: videoId, player: playerId });
    throw kept ? new VideoIsPublished() : new VideoNotFound();
  }
  await events.publish(videoChanged, videoId, { videoId, deleted: true });
  // The video is gone, whatever becomes of its files: what is left of them has no row, and is swept.
  for (const key of Object.values(gone)) {
    if (key) await storage.remove(key).catch(error => logger.warn({ err: error, key }, 'file not removed'));
  }
}

/** The keys of its files, by column. */
type DeletedRow = Record<string, StorageKey | null>;
