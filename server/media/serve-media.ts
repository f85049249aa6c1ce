import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignedLinks } from '../../src/platform/crypto/signed-links.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { findMediaSource, type VideoMedia } from './find-media-source.ts';
import { sendEmpty, sendFile } from './send-file.ts';

interface MediaDeps {
  storage: Pick<Storage, 'find' | 'open'>;
  links: SignedLinks;
  /** Internal URL prefix under which nginx sends the stored files; null when the API sends them. */
  accelPrefix: string | null;
  /** Finds the files of a video in any state; null when the video does not exist. */
  findMedia(videoId: string): Promise<VideoMedia | null>;
}

const MEDIA_PATH =
  /^\/media\/(?<videoId>[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\/(?<file>[\w.]+)$/;

/**
 * Serves a clip, its pictures or an original below `/media/` to GET and HEAD requests, in constant memory.
 * Ranges, validators and preconditions follow RFC 9110. The response for a hidden video is the 404 of a
 * missing one.
 *
 * Resolves when the response has ended, also when the client disconnects. Rejects only when the storage or
 * the database fails.
 */
export async function serveMedia(
  request: IncomingMessage,
  response: ServerResponse,
  { storage, links, accelPrefix, findMedia }: MediaDeps,
): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  const url = request.url ?? '';
  const path = MEDIA_PATH.exec(url.split('?', 1)[0] ?? '')?.groups;
  if (!path) return sendEmpty(response, 404);
  if (request.method === 'OPTIONS') return sendPreflight(response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendEmpty(response, 405, { allow: 'GET, HEAD, OPTIONS' });
  }
  const { videoId = '', file = '' } = path;
  if (file === 'original' && !links.verify(url)) return sendEmpty(response, 403);

  const media = await findMedia(videoId);
  const source = media && findMediaSource(media, videoId, file);
  const stored = source && (await storage.find(source.key));
  if (!stored) return sendEmpty(response, 404);
  if (accelPrefix === null) await sendFile(request, response, storage, stored, source.headers);
  // nginx reads the same file and handles its ranges, validators and preconditions.
  else response.writeHead(200, { ...source.headers, 'x-accel-redirect': accelPrefix + stored.key }).end();
}

function sendPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    allow: 'GET, HEAD, OPTIONS',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': 'range, if-range, if-none-match, if-modified-since',
    'access-control-max-age': '86400',
  });
  response.end();
}
