import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser remembers what it was allowed. */
export const CORS_SECONDS = 86_400;

/**
 * Tells a browser whether a page of another origin may read the answer (https://fetch.spec.whatwg.org/#http-cors-protocol),
 * as `CORS_ORIGINS` says. True when the request was no more than that question, which is then answered.
 */
export function handleCors(
  request: IncomingMessage,
  response: ServerResponse,
  { origins, methods }: { origins: readonly string[]; methods: readonly string[] },
): boolean {
  const { origin } = request.headers;
  if (origins.length > 0) response.appendHeader('vary', 'origin');
  if (origin === undefined || !origins.includes(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'content-disposition, x-request-id');
  if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return false;
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': 'authorization, accept-language',
    'access-control-max-age': String(CORS_SECONDS),
  });
  response.end();
  return true;
}
