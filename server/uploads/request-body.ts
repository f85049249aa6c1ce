import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import type { Plugin } from 'graphql-yoga';
import type { ConcurrencyLimit } from '../../src/platform/concurrency/concurrency-limit.ts';
import { TimeoutError, withTimeout } from '../../src/platform/concurrency/with-timeout.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';
import { getSession } from '../graphql/authentication.ts';
import type { NodeContext } from '../graphql/node-context.ts';
import { payloadTooLarge, requestAborted, requestTimeout } from './body-errors.ts';
import type { MultipartLimits } from './multipart-guard.ts';
import { processUpload } from './process-upload.ts';

interface BodyLimits extends Omit<MultipartLimits, 'maxFieldBytes'> {
  /** Limit of a body other than multipart. */
  maxJsonBytes: number;
  /** Time within which a body other than multipart must arrive; 30 by default. */
  jsonSeconds?: number;
  /** Concurrent uploads by player id; unlimited when omitted. */
  uploads?: ConcurrencyLimit;
}

/**
 * Reads every GraphQL request body within limits: multipart through {@link processUpload}, all others as a
 * whole. A whole body has at most `maxJsonBytes` and arrives within `jsonSeconds`. Bytes are counted as they
 * arrive, independently of `Content-Length`.
 *
 * Rejects a larger body with 413, `PAYLOAD_TOO_LARGE`, and a slower one with 408, `REQUEST_TIMEOUT`. Rejects
 * concurrent uploads over a player's limit with 429, `TOO_MANY_AT_ONCE`.
 *
 * Requires Yoga's options `multipart: false` and `maxRequestBodySize: false`. Requires a server that drains the
 * unread rest of a body after an early response, as `createRequestListener` does. No byte is read before
 * `onRequestParse` of every plugin, so authentication can reject a request there or earlier.
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
  const collect = (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) whole.reject(payloadTooLarge(`the limit is ${maxBytes} bytes`));
    else chunks.push(chunk);
  };
  const stopWatching = finished(request, { writable: false }, cause => {
    if (cause) whole.reject(requestAborted(cause));
    else whole.resolve();
  });
  request.on('data', collect);
  try {
    await withTimeout(whole.promise, maxSeconds * 1000);
  } catch (error) {
    throw error instanceof TimeoutError ? requestTimeout() : error;
  } finally {
    request.off('data', collect);
    stopWatching();
  }
  return Buffer.concat(chunks, sizeBytes);
}
