import type { IncomingMessage } from 'node:http';

/**
 * Whether a WebSocket may be opened for the page that asks, which CORS has no say in (RFC 6455 §10.2): one of the API's own
 * origin or of an allowed one. What is no browser sends no `Origin`, and may.
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
