import type { Role } from '../players/player.entity.ts';
import type { Video } from './video.entity.ts';

/** The player of a request; null when the request is anonymous. */
export type Viewer = { playerId: string; role: Role } | null;

/** The ORM filter of published videos; `PUBLISHED_VIDEO` is its SQL. */
export const PUBLISHED = { status: 'PROCESSED', hiddenAt: null } as const;

/** Returns whether a video is visible to all. */
export const isPublished = (video: Video): boolean =>
  video.status === PUBLISHED.status && video.hiddenAt === PUBLISHED.hiddenAt;

const owns = (viewer: Viewer, video: Video): boolean => viewer?.playerId === video.player.id;

/**
 * Returns whether a viewer may see a video: its owner and moderators in every status, others once it is
 * published.
 */
export const maySee = (viewer: Viewer, video: Video): boolean =>
  isPublished(video) || mayInspect(viewer, video);

/**
 * Returns whether a viewer may see the original and the reason of a failure: its owner and moderators only.
 */
export const mayInspect = (viewer: Viewer, video: Video): boolean =>
  owns(viewer, video) || viewer?.role === 'MODERATOR';

/** Returns whether a viewer may read the moderator's reason for hiding a video. */
export const mayReadHideReason = (viewer: Viewer, video: Video): boolean =>
  video.hiddenAt != null && mayInspect(viewer, video);

/** Returns whether a viewer's list of this player's videos contains unpublished ones. */
export const maySeeAllVideos = (viewer: Viewer, playerId: string): boolean =>
  viewer?.playerId === playerId || viewer?.role === 'MODERATOR';
