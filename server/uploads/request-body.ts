import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import type { Plugin } from 'graphql-yoga';
import type { ConcurrencyLimit } from '../../src/platform/concurrency/concurrency-limit.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';
import { getSession } from '../graphql/authentication.ts';
import { payloadTooLarge, requestAborted, requestTimeout } from './body-errors.ts';
import type { MultipartLimits } from './multipart-guard.ts';
import { processUpload } from './process-upload.ts';

export interface BodyLimits extends Omit<MultipartLimits, 'maxFieldBytes'> {
  /** Limit of a body other than multipart. */
  maxJsonBytes: number;
  /** Time within which a body other than multipart must arrive; 30 by default. */
  jsonSeconds?: number;
  /** Concurrent uploads by player id; unlimited when omitted. */
  uploads?: ConcurrencyLimit;
}

/** Yoga's server context behind a `node:http` server. */
interface NodeContext extends Record<string, unknown> {
  req: IncomingMessage;
  res: ServerResponse;
}

/**
 * Reads every GraphQL request body within limits: multipart through {@link processUpload}, all others as a
 * whole. A whole body has at most `maxJsonBytes` and arrives within `jsonSeconds`. Bytes are counted as they
 * arrive, independently of `Content-Length`.
 *
 * Refuses a larger body with 413, `PAYLOAD_TOO_LARGE`, a slower one with 408, `REQUEST_TIMEOUT`, and
 * concurrent uploads over a player's limit with 429, `TOO_MANY_AT_ONCE`.
 *
 * Requires Yoga's options `multipart: false` and `maxRequestBodySize: false`, and a server that drains the
 * unread rest of a body after an early response, as `createRequestListener` does. Every other plugin's
 * `onRequestParse` runs before the first byte is read, so authentication can refuse a request there or
 * earlier.
 */
export function useRequestBody({
  maxJsonBytes,
  jsonSeconds = 30,
  uploads,
  ...limits
}: BodyLimits): Plugin<object, NodeContext> {
  const multipartLimits = { ...limits, maxFieldBytes: maxJsonBytes };
  return {
    onRequestParse({ request, requestParser, setRequestParser, serverContext: { req, res }, fetchAPI }) {
      if (request.method !== 'POST') return;
      if (/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '')) {
        const release = uploads?.acquire(getSession(req)?.playerId ?? '');
        if (release === null) throw tooManyAtOnce('uploads');
        if (release) res.once('close', release);
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
    if (sizeBytes > maxBytes) whole.reject(payloadTooLarge(`the limit is ${maxBytes} bytes`));
    else chunks.push(chunk);
  };
  const stopWatching = finished(request, { writable: false }, cause => {
    if (cause) whole.reject(requestAborted(cause));
    else whole.resolve();
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
