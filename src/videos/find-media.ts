import type { EntityManager } from '../platform/database.ts';
import { isPublished, Video } from './video.entity.ts';

/** The files of a video in any state, and whether everybody may have the finished ones; null when there is none. */
export async function findMedia(em: EntityManager, videoId: string) {
  const video = await em.findOne(Video, videoId);
  if (video === null) return null;
  const { clipKey = null, posterKey = null, originalKey, originalType } = video;
  return { published: isPublished(video), clipKey, posterKey, originalKey, originalType };
}
