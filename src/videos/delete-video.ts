import type { EntityManager } from '../platform/database/database.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import type { Storage, StorageKey } from '../platform/storage/storage.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { videoChanged } from './processing/video.events.ts';
import { Video } from './video.entity.ts';
import { VideoIsPublished, VideoNotFound } from './video.errors.ts';

/**
 * Deletes the owner's unpublished video with its files. A worker that processes the video stops after the
 * event, or at its next heartbeat; its writes find no row.
 *
 * @throws {VideoNotFound} also for other players' videos.
 * @throws {VideoIsPublished}
 */
export async function deleteVideo(
  { em, storage, events, logger }: { em: EntityManager; storage: Storage; events: EventBus; logger: Logger },
  playerId: string,
  videoId: string,
): Promise<void> {
  const [deleted] = await em.execute<DeletedRow[]>(
    `delete from videos
      where id = ? and player_id = ? and not (${PUBLISHED_VIDEO})
      returning original_key, clip_key, poster_key, preview_key, storyboard_key, storyboard_cues_key`,
    [videoId, playerId],
  );
  if (!deleted) {
    const remaining = await em.findOne(Video, { id: videoId, player: playerId });
    throw remaining ? new VideoIsPublished() : new VideoNotFound();
  }
  await events.publish(videoChanged, videoId, { videoId, deleted: true });
  // A file that cannot be removed now is swept later, as it has no row.
  for (const key of Object.values(deleted)) {
    if (key) await storage.remove(key).catch(error => logger.warn({ err: error, key }, 'file not removed'));
  }
}

/** The file keys of a deleted row, by column. */
type DeletedRow = Record<string, StorageKey | null>;
