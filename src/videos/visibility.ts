import type { Role } from '../players/player.entity.ts';
import { isPublished, type Video } from './video.entity.ts';

/** The player of a request; null when the request is anonymous. */
export type Viewer = { playerId: string; role: Role } | null;

const owns = (viewer: Viewer, video: Video): boolean => viewer?.playerId === video.player.id;

/**
 * Whether a viewer may see a video: its owner and moderators in every status, others once it is published.
 */
export const maySee = (viewer: Viewer, video: Video): boolean =>
  isPublished(video) || mayInspect(viewer, video);

/** Whether a viewer may see the original and the reason of a failure: its owner and moderators only. */
export const mayInspect = (viewer: Viewer, video: Video): boolean =>
  owns(viewer, video) || viewer?.role === 'MODERATOR';

/** Whether a viewer's list of this player's videos contains unpublished ones. */
export const maySeeAllVideos = (viewer: Viewer, playerId: string): boolean =>
  viewer?.playerId === playerId || viewer?.role === 'MODERATOR';
