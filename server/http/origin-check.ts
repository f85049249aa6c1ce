import type { IncomingMessage } from 'node:http';

/**
 * Creates the origin check for WebSockets, to which CORS does not apply (RFC 6455 §10.2). The check accepts
 * the API's own origin and the origins in `corsOrigins`. The check also accepts a request without `Origin`:
 * only browsers send this header.
 */
export function createOriginCheck({
  publicUrl,
  corsOrigins,
}: {
  publicUrl: string;
  corsOrigins: readonly string[];
}): (request: IncomingMessage) => boolean {
  const allowed = new Set([new URL(publicUrl).origin, ...corsOrigins]);
  return ({ headers: { origin } }) => origin === undefined || allowed.has(origin);
}
