import type { SignedLinks } from '../../platform/crypto/signed-links.ts';

/** Name under which a file of a published video is served. */
export type PublicFileName = 'clip.mp4' | 'poster.jpg' | 'preview.webp' | 'storyboard.jpg' | 'storyboard.vtt';

/** Returns the path under which a video's file is served. The original's path also needs a signature. */
export const toMediaPath = (videoId: string, file: PublicFileName | 'original'): string =>
  `/media/${videoId}/${file}`;

/** Returns the public URL of a file of a published video. */
export const toMediaUrl = (publicUrl: string, videoId: string, file: PublicFileName): string =>
  publicUrl + toMediaPath(videoId, file);

/** Returns a signed URL of a video's original, valid for `lifetimeSeconds`. */
export const toOriginalUrl = (
  { publicUrl, links, lifetimeSeconds }: { publicUrl: string; links: SignedLinks; lifetimeSeconds: number },
  videoId: string,
): string => publicUrl + links.sign(toMediaPath(videoId, 'original'), lifetimeSeconds);
