import type { StorageKey } from '../../src/platform/storage/storage.ts';
import type { PublicFileName } from '../../src/videos/files/media-urls.ts';
import { SOURCE_FORMATS, type SourceFormat } from '../../src/videos/source-formats.ts';

/** The files of one video. */
export interface VideoMedia {
  published: boolean;
  clipKey: StorageKey | null;
  posterKey: StorageKey | null;
  previewKey: StorageKey | null;
  storyboardKey: StorageKey | null;
  storyboardCuesKey: StorageKey | null;
  originalKey: StorageKey;
  originalType: SourceFormat['contentType'];
}

/** A stored file and the headers of its response. */
interface MediaSource {
  key: StorageKey;
  headers: Record<string, string>;
}

const PUBLIC_FILES = {
  'clip.mp4': { key: 'clipKey', contentType: 'video/mp4' },
  'poster.jpg': { key: 'posterKey', contentType: 'image/jpeg' },
  'preview.webp': { key: 'previewKey', contentType: 'image/webp' },
  'storyboard.jpg': { key: 'storyboardKey', contentType: 'image/jpeg' },
  'storyboard.vtt': { key: 'storyboardCuesKey', contentType: 'text/vtt; charset=utf-8' },
} as const satisfies Record<PublicFileName, { key: keyof VideoMedia; contentType: string }>;

/** Web players of any origin may read public files. */
const PUBLIC_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'accept-ranges, content-range, etag',
  'cross-origin-resource-policy': 'cross-origin',
  // Short, because a moderator may hide the video.
  'cache-control': 'public, max-age=60',
};

/** The signature grants access to every holder of the link, also to a page of another origin. */
const PRIVATE_HEADERS = {
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'private, no-store',
};

/**
 * Returns the source of a video's file by its name in the URL. Returns null for an unknown name, a missing
 * file, and a public file of an unpublished video.
 */
export function findMediaSource(media: VideoMedia, videoId: string, file: string): MediaSource | null {
  if (file === 'original') {
    const extension = SOURCE_FORMATS.get(media.originalType)?.extension;
    const disposition = `attachment; filename="${videoId}.${extension}"`;
    const headers = { 'content-type': media.originalType, 'content-disposition': disposition };
    return { key: media.originalKey, headers: { ...PRIVATE_HEADERS, ...headers } };
  }
  if (!isPublicFile(file) || !media.published) return null;
  const key = media[PUBLIC_FILES[file].key];
  return key && { key, headers: { ...PUBLIC_HEADERS, 'content-type': PUBLIC_FILES[file].contentType } };
}

const isPublicFile = (name: string): name is PublicFileName => Object.hasOwn(PUBLIC_FILES, name);
