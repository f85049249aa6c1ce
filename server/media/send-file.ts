import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  NoSuchFile,
  type Storage,
  type StorageKey,
  type StoredFile,
} from '../../src/platform/storage/storage.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { checkPreconditions, rangeApplies, type Validators } from './preconditions.ts';

/**
 * Sends a stored file in constant memory, with ranges, validators and preconditions (RFC 9110).
 *
 * Resolves when the response has ended, also when the client disconnects. Rejects only when the storage
 * fails.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  storage: Pick<Storage, 'open'>,
  { key, etag, modifiedAt, sizeBytes }: StoredFile,
  headers: Record<string, string>,
): Promise<void> {
  const validators = { etag, 'last-modified': modifiedAt.toUTCString() };
  const fileHeaders = { ...headers, ...validators, 'accept-ranges': 'bytes' };
  const precondition = checkPreconditions(request.headers, validators);
  if (precondition === 'failed') return sendEmpty(response, 412);
  if (precondition === 'not-modified') return sendNotModified(response, fileHeaders);

  const range = selectRange(request, validators, sizeBytes);
  if (range === 'unsatisfiable') {
    return sendEmpty(response, 416, { 'content-range': `bytes */${sizeBytes}` });
  }
  const { start, end } = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
  const bodyHeaders = { ...fileHeaders, 'content-length': end - start + 1 };
  if (request.method === 'HEAD') {
    response.writeHead(200, bodyHeaders).end();
    return;
  }
  const body = await openBody(storage, key, range === 'whole' ? undefined : range);
  if (body === null) return sendEmpty(response, 404);
  if (range === 'whole') response.writeHead(200, bodyHeaders);
  else response.writeHead(206, { ...bodyHeaders, 'content-range': `bytes ${start}-${end}/${sizeBytes}` });
  await pipeBody(body, response);
}

/** Sends a response without a body that no cache stores. */
export function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  // The same request may succeed a moment later, when a clip is published or a link renewed.
  response.writeHead(status, { 'cache-control': 'no-store', 'content-length': 0, ...headers }).end();
}

function sendNotModified(response: ServerResponse, headers: Record<string, string>): void {
  const { 'content-type': _type, 'content-disposition': _disposition, ...cacheHeaders } = headers;
  response.writeHead(304, cacheHeaders).end();
}

function selectRange(
  request: IncomingMessage,
  validators: Validators,
  sizeBytes: number,
): ReturnType<typeof parseByteRange> {
  // Ranges are defined for GET only (RFC 9110 §14.2).
  if (request.method !== 'GET' || !rangeApplies(request.headers, validators)) return 'whole';
  return parseByteRange(request.headers.range, sizeBytes);
}

/** Opens a file, or a range of it; null when the file was deleted after it was found. */
async function openBody(
  storage: Pick<Storage, 'open'>,
  key: StorageKey,
  range: ByteRange | undefined,
): Promise<Readable | null> {
  try {
    return await storage.open(key, range);
  } catch (error) {
    if (error instanceof NoSuchFile) return null;
    throw error;
  }
}

/** Streams the body to its end. Rejects when the storage fails, not when the client disconnects. */
async function pipeBody(body: Readable, response: ServerResponse): Promise<void> {
  let clientDisconnected = response.destroyed;
  response.once('close', () => {
    clientDisconnected ||= body.errored === null;
  });
  try {
    await pipeline(body, response);
  } catch (error) {
    if (!clientDisconnected) throw error;
  } finally {
    // A pipeline into a closed response leaves its source open.
    body.destroy();
  }
}
