import type { StorageKey } from '../../platform/storage/storage.ts';
import type { SourceFormat } from '../source-formats.ts';

/** Returns the key of an original: the player's file, which is stored unchanged. */
export const toOriginalKey = (videoId: string, type: SourceFormat): StorageKey =>
  `original/${videoId}.${type.extension}`;

/** The files made from an original, by the names of the columns that hold their keys. */
export interface Renditions {
  /** The broadcast clip, MP4. */
  clipKey: StorageKey;
  /** A JPEG still of the clip. */
  posterKey: StorageKey;
  /** A small animated WebP of a few seconds of the clip. */
  previewKey: StorageKey;
  /** A picture of each second of the clip, tiled into one JPEG. */
  storyboardKey: StorageKey;
  /** WebVTT: the tile of each time range. */
  storyboardCuesKey: StorageKey;
}

export const RENDITIONS = [
  'clipKey',
  'posterKey',
  'previewKey',
  'storyboardKey',
  'storyboardCuesKey',
] as const;

/** The columns of `videos` that hold file keys, the original's first. */
export const FILE_COLUMNS = ['originalKey', ...RENDITIONS].map(name =>
  name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
);

/** Name of the storyboard's picture in the cues; the picture is served beside them. */
export const STORYBOARD_NAME = 'storyboard.jpg';

/**
 * Returns the keys of an attempt's files. A worker that lost its lease cannot overwrite the files of a later
 * attempt.
 */
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

/** Returns the id of the video that a file belongs to; null for an unknown kind of name. */
export const toVideoId = (key: StorageKey): string | null =>
  /^(?:original|processed)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[./]/.exec(key)?.[1] ?? null;
