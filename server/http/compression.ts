import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'compression';

/** Below this, headers and the work of both sides outweigh what is saved. */
const LEAST_BYTES = 1024;
/** Not event streams, whose events an encoder would hold back, nor media, which is compressed and served by ranges. */
const COMPRESSIBLE = /^(application\/(graphql-response\+)?json|text\/csv)\b/;

// Typed for Express, though all that it uses is what node:http has.
const compress = compression({
  threshold: LEAST_BYTES,
  filter: (_request, response) => COMPRESSIBLE.test(String(response.getHeader('content-type'))),
}) as unknown as (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Has a response's body compressed as its client likes best of Brotli, gzip and deflate (RFC 9110 §12.5.3), when it is
 * JSON or CSV and at least 1 KiB. Access tokens travel in headers that no browser adds by itself, so that no foreign page
 * can make somebody's answers repeat what it guesses (the BREACH attack).
 */
export function compressResponse(request: IncomingMessage, response: ServerResponse): void {
  // A stream is held open by thousands, to each of whom all this would cling. Some clients accept either, and get JSON.
  if (request.headers.accept?.trim() === 'text/event-stream') return;
  compress(request, response, () => undefined);
}
