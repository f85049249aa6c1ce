import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SignedLinks } from '../../src/platform/crypto/signed-links.ts';
import {
  NoSuchFile,
  type Storage,
  type StorageKey,
  type StoredFile,
} from '../../src/platform/storage/storage.ts';
import { parseByteRange } from './byte-range.ts';
import { checkPreconditions, rangeApplies } from './preconditions.ts';

/** The files of one video. */
export interface VideoMedia {
  published: boolean;
  clipKey: StorageKey | null;
  posterKey: StorageKey | null;
  previewKey: StorageKey | null;
  storyboardKey: StorageKey | null;
  storyboardCuesKey: StorageKey | null;
  originalKey: StorageKey;
  originalType: 'video/mp4' | 'video/quicktime';
}

export interface MediaDependencies {
  storage: Pick<Storage, 'find' | 'open'>;
  links: SignedLinks;
  /** Where the nginx in front has the stored files, which it then sends itself; null when nobody else does. */
  accelPrefix: string | null;
  /** The files of a video in any state, or null when there is no such video. */
  findMedia(videoId: string): Promise<VideoMedia | null>;
}

/** What everybody may have of a published video, by the names under which it is served. */
const PUBLIC_FILES = {
  'clip.mp4': { key: 'clipKey', contentType: 'video/mp4' },
  'poster.jpg': { key: 'posterKey', contentType: 'image/jpeg' },
  'preview.webp': { key: 'previewKey', contentType: 'image/webp' },
  'storyboard.jpg': { key: 'storyboardKey', contentType: 'image/jpeg' },
  'storyboard.vtt': { key: 'storyboardCuesKey', contentType: 'text/vtt; charset=utf-8' },
} as const;
type PublicFile = keyof typeof PUBLIC_FILES;
const isPublicFile = (name: string): name is PublicFile => Object.hasOwn(PUBLIC_FILES, name);

/** Where a video's file is served; the original's needs a signature from {@link SignedLinks}. */
export const mediaPath = (videoId: string, file: PublicFile | 'original'): string =>
  `/media/${videoId}/${file}`;

const MEDIA_PATH =
  /^\/media\/(?<videoId>[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\/(?<file>[\w.]+)$/;

/** Web players of any origin may read what is public anyway. */
const PUBLIC_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'accept-ranges, content-range, etag',
  'cross-origin-resource-policy': 'cross-origin',
  // Short, because a moderator may hide the video.
  'cache-control': 'public, max-age=60',
};

/** The signature in the link is what gives leave, to a page of any origin that holds it. */
const PRIVATE_HEADERS = {
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'private, no-store',
};

interface Source {
  key: StorageKey;
  headers: Record<string, string>;
}

/**
 * Answers a request below `/media/` with a clip, what was made to go with it, or an original: GET and HEAD with ranges, validators and conditions
 * as RFC 9110 has them, in constant memory. A hidden video is as absent as a missing one.
 *
 * Resolves when the answer is over, also when the client left; rejects only when the store or the database fails.
 */
export async function serveMedia(
  request: IncomingMessage,
  response: ServerResponse,
  { storage, links, accelPrefix, findMedia }: MediaDependencies,
): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  const url = request.url ?? '';
  const path = MEDIA_PATH.exec(url.split('?', 1)[0] ?? '')?.groups;
  if (!path) return refuse(response, 404);
  if (request.method === 'OPTIONS') return allowPreflight(response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(response, 405, { allow: 'GET, HEAD, OPTIONS' });
  }
  const { videoId = '', file = '' } = path;
  if (file === 'original' && !links.verify(url)) return refuse(response, 403);

  const media = await findMedia(videoId);
  const source = media && chooseSource(media, videoId, file);
  const stored = source && (await storage.find(source.key));
  if (!stored) return refuse(response, 404);
  if (accelPrefix === null) await sendFile(request, response, storage, stored, source.headers);
  // Ranges, validators and conditions are nginx's then: it reads the same file.
  else response.writeHead(200, { ...source.headers, 'x-accel-redirect': accelPrefix + stored.key }).end();
}

function chooseSource(media: VideoMedia, videoId: string, file: string): Source | null {
  if (file === 'original') {
    const extension = media.originalType === 'video/quicktime' ? 'mov' : 'mp4';
    const disposition = `attachment; filename="${videoId}.${extension}"`;
    const headers = { 'content-type': media.originalType, 'content-disposition': disposition };
    return { key: media.originalKey, headers: { ...PRIVATE_HEADERS, ...headers } };
  }
  if (!isPublicFile(file) || !media.published) return null;
  const key = media[PUBLIC_FILES[file].key];
  return key && { key, headers: { ...PUBLIC_HEADERS, 'content-type': PUBLIC_FILES[file].contentType } };
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  storage: MediaDependencies['storage'],
  { key, etag, modifiedAt, sizeBytes }: StoredFile,
  headers: Record<string, string>,
): Promise<void> {
  const validators = { etag, 'last-modified': modifiedAt.toUTCString() };
  const common: Record<string, string> = { ...headers, ...validators, 'accept-ranges': 'bytes' };
  const condition = checkPreconditions(request.headers, validators);
  if (condition === 'failed') return refuse(response, 412);
  if (condition === 'not-modified') {
    const { 'content-type': _type, 'content-disposition': _disposition, ...kept } = common;
    response.writeHead(304, kept).end();
    return;
  }

  // Ranges are defined for GET only (RFC 9110 §14.2).
  const ranged = request.method === 'GET' && rangeApplies(request.headers, validators);
  const range = ranged ? parseByteRange(request.headers.range, sizeBytes) : 'whole';
  if (range === 'unsatisfiable') return refuse(response, 416, { 'content-range': `bytes */${sizeBytes}` });

  const part = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
  const sent = { ...common, 'content-length': part.end - part.start + 1 };
  if (request.method === 'HEAD') {
    response.writeHead(200, sent).end();
    return;
  }
  let body: Readable;
  try {
    body = await storage.open(key, range === 'whole' ? undefined : range);
  } catch (error) {
    // Deleted since it was found.
    if (error instanceof NoSuchFile) return refuse(response, 404);
    throw error;
  }
  if (range === 'whole') response.writeHead(200, sent);
  else response.writeHead(206, { ...sent, 'content-range': `bytes ${part.start}-${part.end}/${sizeBytes}` });
  let clientLeft = response.destroyed;
  response.once('close', () => {
    clientLeft ||= body.errored === null;
  });
  try {
    await pipeline(body, response);
  } catch (error) {
    if (!clientLeft) throw error;
  } finally {
    // A pipeline into a response that is closed already leaves its source open.
    body.destroy();
  }
}

function allowPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    allow: 'GET, HEAD, OPTIONS',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': 'range, if-range, if-none-match, if-modified-since',
    'access-control-max-age': '86400',
  });
  response.end();
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  // What is refused now may be allowed in a moment, when a clip is published or a link renewed.
  response.writeHead(status, { 'cache-control': 'no-store', 'content-length': 0, ...headers }).end();
}
