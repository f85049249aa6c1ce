import type { IncomingMessage, ServerResponse } from 'node:http';

/** Seconds for which a browser caches a preflight response: a day. */
export const CORS_MAX_AGE_SECONDS = 86_400;

/**
 * Sets the CORS headers for a page whose origin is in `CORS_ORIGINS`, and answers its preflight requests
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). Returns true after it has answered a preflight
 * request.
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
    'access-control-max-age': String(CORS_MAX_AGE_SECONDS),
  });
  response.end();
  return true;
}
