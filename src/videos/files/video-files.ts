import type { StorageKey } from '../../platform/storage/storage.ts';
import type { OriginalType } from '../uploads/accepted-file.ts';

/** Where a player's own file is kept, unchanged. */
export const toOriginalKey = (videoId: string, type: OriginalType): StorageKey =>
  `original/${videoId}.${type.extension}`;

/** What is made of an original, each by the name of the column that holds its key. */
export interface Renditions {
  /** The broadcast clip, MP4. */
  clipKey: StorageKey;
  /** A JPEG still of it. */
  posterKey: StorageKey;
  /** A few seconds of it in small, an animated WebP. */
  previewKey: StorageKey;
  /** A picture of each of its seconds, tiled into one JPEG. */
  storyboardKey: StorageKey;
  /** Which tile belongs to which time, WebVTT. */
  storyboardCuesKey: StorageKey;
}

export const RENDITIONS = [
  'clipKey',
  'posterKey',
  'previewKey',
  'storyboardKey',
  'storyboardCuesKey',
] as const;

/** The columns of `videos` that name a file, the original's first. */
export const FILE_COLUMNS = ['originalKey', ...RENDITIONS].map(name =>
  name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
);

/** What the cues call the storyboard's picture, which is served beside them. */
export const STORYBOARD_NAME = 'storyboard.jpg';

/** The attempt is in the name, so that a worker that lost its lease can't overwrite its successor's clip. */
export function toRenditionKeys(videoId: string, attempt: number): Renditions {
  const stem = `processed/${videoId}/${attempt}` as const;
  return {
    clipKey: `${stem}.mp4`,
    posterKey: `${stem}.jpg`,
    previewKey: `${stem}.webp`,
    storyboardKey: `${stem}.storyboard.jpg`,
    storyboardCuesKey: `${stem}.storyboard.vtt`,
  };
}

/** The video that a file belongs to; null for a name that is none of ours. */
export const toVideoId = (key: StorageKey): string | null =>
  /^(?:original|processed)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[./]/.exec(key)?.[1] ?? null;
