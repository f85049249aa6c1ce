import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/**
 * Discards the unread rest of a request that was answered early. The client can then read the response and
 * reuse the connection. Closes the connection if the request still sends after `graceSeconds`.
 */
export function drainRequest(request: IncomingMessage, graceSeconds = 2): void {
  request.unpipe();
  request.resume();
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), graceSeconds * 1000);
  finished(request, { writable: false }, () => clearTimeout(timer));
}
