import type { EntityManager } from '../../platform/database/database.ts';
import { isPublished, Video } from '../video.entity.ts';

/**
 * Returns the file keys of a video in any status, and whether it is published; null when the video does not
 * exist.
 */
export async function findMedia(em: EntityManager, videoId: string) {
  const video = await em.findOne(Video, videoId);
  if (video === null) return null;
  const { originalKey, originalType } = video;
  const renditions = {
    clipKey: video.clipKey ?? null,
    posterKey: video.posterKey ?? null,
    previewKey: video.previewKey ?? null,
    storyboardKey: video.storyboardKey ?? null,
    storyboardCuesKey: video.storyboardCuesKey ?? null,
  };
  return { published: isPublished(video), ...renditions, originalKey, originalType };
}
