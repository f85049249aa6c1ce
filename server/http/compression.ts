import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'compression';

/** Smaller bodies cost more in headers and in work on both sides than compression saves. */
const MIN_BYTES = 1024;
/** An encoder would delay the events of a stream. Media files are already compressed and served by ranges. */
const COMPRESSIBLE = /^(application\/(graphql-response\+)?json|text\/csv)\b/;

// The types are for Express, but the middleware uses only the API of node:http.
const compress = compression({
  threshold: MIN_BYTES,
  filter: (_request, response) => COMPRESSIBLE.test(String(response.getHeader('content-type'))),
}) as unknown as (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Compresses JSON and CSV bodies of at least 1 KiB with Brotli, gzip or deflate. The client's preference decides
 * (RFC 9110 §12.5.3).
 *
 * The BREACH attack does not apply: browsers never add an access token by themselves. Another site therefore
 * cannot make a player's response repeat its guesses.
 */
export function compressResponse(request: IncomingMessage, response: ServerResponse): void {
  // Thousands of streams stay open, and each would retain this middleware's state. The response to a client
  // that also accepts JSON is JSON.
  if (request.headers.accept?.trim() === 'text/event-stream') return;
  compress(request, response, () => undefined);
}
