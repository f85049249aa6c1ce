import type { Role } from '../players/player.entity.ts';
import { isPublished, type Video } from './video.entity.ts';

/** Who is asking; null is anyone. */
export type Viewer = { playerId: string; role: Role } | null;

const owns = (viewer: Viewer, video: Video): boolean => viewer?.playerId === video.player.id;

/** The owner and moderators see a video in every status, everybody else once it is published. */
export const maySee = (viewer: Viewer, video: Video): boolean =>
  isPublished(video) || mayInspect(viewer, video);

/** What only the owner and moderators are shown: the original, the reason of a failure. */
export const mayInspect = (viewer: Viewer, video: Video): boolean =>
  owns(viewer, video) || viewer?.role === 'MODERATOR';

/** Whether unpublished videos belong in a list of this player's videos. */
export const maySeeAllVideos = (viewer: Viewer, playerId: string): boolean =>
  viewer?.playerId === playerId || viewer?.role === 'MODERATOR';
