import { bytes, type SettingValues, wholeNumber } from '../platform/config/env-values.ts';

/** Rules for uploaded files and clips, and the lifetimes of media links. */
export const MEDIA_SETTINGS = {
  MAX_UPLOAD_BYTES: bytes.default(100 * 1024 ** 2).describe('Maximum size of an uploaded video file.'),
  MIN_SOURCE_SECONDS: wholeNumber(1, 3600).default(20).describe('Minimum duration of an uploaded video.'),
  MAX_SOURCE_SECONDS: wholeNumber(1, 3600).default(60).describe('Maximum duration of an uploaded video.'),
  MIN_SOURCE_HEIGHT: wholeNumber(16, 4320)
    .default(1080)
    .describe('Minimum length in pixels of the shorter side of an uploaded video, after rotation.'),
  CLIP_SECONDS: wholeNumber(2, 300)
    .default(30)
    .describe('Duration of the part of the uploaded video that the clip keeps, from the start.'),
  ORIGINAL_LINK_SECONDS: wholeNumber(10, 86_400)
    .default(300)
    .describe('Lifetime of a signed link to an original.'),
  UPLOAD_LINK_SECONDS: wholeNumber(10, 604_800)
    .default(1800)
    .describe('Lifetime of a signed URL for an upload directly to the bucket.'),
};

type MediaEnv = SettingValues<typeof MEDIA_SETTINGS>;

export type MediaSettings = ReturnType<typeof toMediaSettings>;

/** Returns the rules for files and the lifetimes of links. */
export function toMediaSettings(env: MediaEnv) {
  return {
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    minSourceSeconds: env.MIN_SOURCE_SECONDS,
    maxSourceSeconds: env.MAX_SOURCE_SECONDS,
    minSourceHeight: env.MIN_SOURCE_HEIGHT,
    clipSeconds: env.CLIP_SECONDS,
    originalLinkSeconds: env.ORIGINAL_LINK_SECONDS,
    uploadLinkSeconds: env.UPLOAD_LINK_SECONDS,
  };
}

/** Returns the conflicts between these settings. */
export function findMediaProblems(env: MediaEnv): string[] {
  if (env.MIN_SOURCE_SECONDS <= env.MAX_SOURCE_SECONDS) return [];
  return ['MIN_SOURCE_SECONDS: must not exceed MAX_SOURCE_SECONDS'];
}
