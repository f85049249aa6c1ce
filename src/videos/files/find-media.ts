import type { EntityManager } from '../../platform/database/database.ts';
import { Video } from '../video.entity.ts';
import { isPublished } from '../visibility.ts';

/** Returns the file keys of a video in any status, and whether it is published; null for an unknown video. */
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
