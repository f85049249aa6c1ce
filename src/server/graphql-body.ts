import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { BadRequestBody, payloadTooLarge } from './bad-request-body.ts';
import { drainRequest } from './drain-request.ts';
import type { MultipartLimits } from './multipart-guard.ts';
import { readMultipart } from './uploads.ts';

/** What Yoga's server context holds when it serves a `node:http` server. */
interface NodeContext extends Record<string, unknown> {
  req: IncomingMessage;
  res: ServerResponse;
}

/**
 * Reads every GraphQL request body within limits: multipart through {@link readMultipart}, all others as a whole of at most
 * `maxJsonBytes`, counted as they arrive whatever `Content-Length` says. Past it the answer is 413, `PAYLOAD_TOO_LARGE`.
 * What an early answer leaves unread is drained.
 *
 * Goes with Yoga's options `multipart: false` and `maxRequestBodySize: false`. No byte is read before every other plugin's
 * `onRequestParse` has run, so whoever must be refused for who they are is refused there or earlier.
 */
export function useGraphqlBody({
  maxJsonBytes,
  ...limits
}: Omit<MultipartLimits, 'maxFieldBytes'> & { maxJsonBytes: number }): Plugin<object, NodeContext> {
  const multipartLimits = { ...limits, maxFieldBytes: maxJsonBytes };
  return {
    // Before any hook that may refuse the request.
    onRequest({ serverContext: { req, res } }) {
      res.once('finish', () => drainRequest(req));
    },
    onRequestParse({ request, requestParser, setRequestParser, serverContext: { req, res }, fetchAPI }) {
      if (request.method !== 'POST') return;
      if (/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '')) {
        setRequestParser(() => readMultipart(req, res, multipartLimits));
      } else if (requestParser) {
        setRequestParser(async ({ url, method, headers }) => {
          const body = await readWhole(req, maxJsonBytes);
          return requestParser(new fetchAPI.Request(url, { method, headers, body }));
        });
      }
    },
  };
}

async function readWhole(request: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    // Leaving the loop early must not destroy the request, or the answer could not be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw payloadTooLarge(`The request is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof BadRequestBody) throw cause;
    throw new BadRequestBody('The client left', { status: 408, code: 'REQUEST_ABORTED', cause });
  }
  return Buffer.concat(chunks, sizeBytes);
}
