import type { SignedLinks } from '../../platform/crypto/signed-links.ts';
import type { Video } from '../video.entity.ts';
import { isPublished, mayInspect, type Viewer } from '../visibility.ts';
import type { Renditions } from './video-files.ts';

/** Name under which a file of a published video is served. */
export type PublicFileName = 'clip.mp4' | 'poster.jpg' | 'preview.webp' | 'storyboard.jpg' | 'storyboard.vtt';

/** Columns of the files that some published videos lack: their clips are older than these files. */
const OPTIONAL_KEYS: { readonly [File in PublicFileName]?: keyof Renditions } = {
  'preview.webp': 'previewKey',
  'storyboard.jpg': 'storyboardKey',
  'storyboard.vtt': 'storyboardCuesKey',
};

/** Returns the path under which a video's file is served. The original's path also needs a signature. */
export const toMediaPath = (videoId: string, file: PublicFileName | 'original'): string =>
  `/media/${videoId}/${file}`;

/** Returns the public URL of a video's file; null unless the video is published and has the file. */
export function findMediaUrl(publicUrl: string, video: Video, file: PublicFileName): string | null {
  const optionalKey = OPTIONAL_KEYS[file];
  if (!isPublished(video) || (optionalKey && !video[optionalKey])) return null;
  return publicUrl + toMediaPath(video.id, file);
}

/**
 * Returns a signed URL of a video's original, valid for `lifetimeSeconds`. Returns null unless the viewer is
 * the owner or a moderator.
 */
export function findOriginalUrl(
  { publicUrl, links, lifetimeSeconds }: { publicUrl: string; links: SignedLinks; lifetimeSeconds: number },
  viewer: Viewer,
  video: Video,
): string | null {
  if (!mayInspect(viewer, video)) return null;
  return publicUrl + links.sign(toMediaPath(video.id, 'original'), lifetimeSeconds);
}
