import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/**
 * Reads away the rest of a request that was answered early, so that the client gets to read the answer and to reuse the
 * connection; closes the connection when there is still more after `graceSeconds`.
 */
export function drainRequest(request: IncomingMessage, graceSeconds = 2): void {
  request.unpipe();
  request.resume();
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), graceSeconds * 1000);
  finished(request, { writable: false }, () => clearTimeout(timer));
}
