import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import type { Plugin } from 'graphql-yoga';
import type { ConcurrencyLimit } from '../../src/platform/concurrency/concurrency-limit.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';
import { getSession } from '../graphql/authentication.ts';
import { drainRequest } from '../http/drain-request.ts';
import { payloadTooLarge, RequestBodyError, requestTimeout } from './body-errors.ts';
import type { MultipartLimits } from './multipart-guard.ts';
import { processUpload } from './process-upload.ts';

export interface BodyLimits extends Omit<MultipartLimits, 'maxFieldBytes'> {
  maxJsonBytes: number;
  /** 30 by default. */
  jsonSeconds?: number;
  /** By the player's id; unlimited when left out. */
  uploads?: ConcurrencyLimit;
}

/** What Yoga's server context holds when it serves a `node:http` server. */
interface NodeContext extends Record<string, unknown> {
  req: IncomingMessage;
  res: ServerResponse;
}

/**
 * Reads every GraphQL request body within limits: multipart through {@link processUpload}, all others as a whole of at most
 * `maxJsonBytes`, counted as they arrive whatever `Content-Length` says, within `jsonSeconds`. The answers beyond are 413,
 * `PAYLOAD_TOO_LARGE`, and 408, `REQUEST_TIMEOUT`. Of one player at most `uploads` are read at once, then it is 429. What an
 * early answer leaves unread is drained.
 *
 * Goes with Yoga's options `multipart: false` and `maxRequestBodySize: false`. No byte is read before every other plugin's
 * `onRequestParse` has run, so whoever must be refused for who they are is refused there or earlier.
 */
export function useRequestBody({
  maxJsonBytes,
  jsonSeconds = 30,
  uploads,
  ...limits
}: BodyLimits): Plugin<object, NodeContext> {
  const multipartLimits = { ...limits, maxFieldBytes: maxJsonBytes };
  return {
    // Before any hook that may refuse the request.
    onRequest({ serverContext: { req, res } }) {
      res.once('finish', () => drainRequest(req));
    },
    onRequestParse({ request, requestParser, setRequestParser, serverContext: { req, res }, fetchAPI }) {
      if (request.method !== 'POST') return;
      if (/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '')) {
        const end = uploads?.acquire(getSession(req)?.playerId ?? '');
        if (end === null) throw tooManyAtOnce('uploads');
        if (end) res.once('close', end);
        setRequestParser(() => processUpload(req, res, multipartLimits));
      } else if (requestParser) {
        setRequestParser(async ({ url, method, headers }) => {
          const body = await readWhole(req, maxJsonBytes, jsonSeconds);
          return requestParser(new fetchAPI.Request(url, { method, headers, body }));
        });
      }
    },
  };
}

async function readWhole(
  request: IncomingMessage,
  maxBytes: number,
  maxSeconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const whole = Promise.withResolvers<void>();
  const timer = setTimeout(() => whole.reject(requestTimeout()), maxSeconds * 1000);
  const take = (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) whole.reject(payloadTooLarge(`The request is larger than ${maxBytes} bytes`));
    else chunks.push(chunk);
  };
  const stopWatching = finished(request, { writable: false }, cause => {
    if (cause) {
      whole.reject(new RequestBodyError('The client left', { status: 408, code: 'REQUEST_ABORTED', cause }));
    } else whole.resolve();
  });
  request.on('data', take);
  try {
    await whole.promise;
  } finally {
    clearTimeout(timer);
    request.off('data', take);
    stopWatching();
  }
  return Buffer.concat(chunks, sizeBytes);
}
