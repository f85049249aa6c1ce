import type { StorageKey } from '../platform/storage.ts';
import type { OriginalType } from './accepted-file.ts';

/** Where a player's own file is kept, unchanged. */
export const originalKeyOf = (videoId: string, type: OriginalType): StorageKey =>
  `original/${videoId}.${type.extension}`;

/** The attempt is in the name, so that a worker that lost its lease can't overwrite its successor's clip. */
export const clipKeyOf = (videoId: string, attempt: number): StorageKey =>
  `processed/${videoId}/${attempt}.mp4`;
export const posterKeyOf = (videoId: string, attempt: number): StorageKey =>
  `processed/${videoId}/${attempt}.jpg`;

/** The video that a file belongs to; null for a name that is none of ours. */
export const videoIdOf = (key: StorageKey): string | null =>
  /^(?:original|processed)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[./]/.exec(key)?.[1] ?? null;
