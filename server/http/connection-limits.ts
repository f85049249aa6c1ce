import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Idle time of a connection with a request or response in flight, as a multiple of `slowClientSeconds`. */
const IDLE_TIMEOUT_FACTOR = 2;

/**
 * Limits the cost of slow and stalled clients: the time for a request head, and the number of connections. Also
 * limits the idle time of a connection with a request or response in flight. Readers of request bodies set their
 * own limits.
 */
export function limitConnections(
  server: Server,
  { slowClientSeconds, maxConnections }: { slowClientSeconds: number; maxConnections: number },
): void {
  server.headersTimeout = slowClientSeconds * 1000;
  server.timeout = slowClientSeconds * IDLE_TIMEOUT_FACTOR * 1000;
  // Node's default of 5 minutes would end a long upload.
  server.requestTimeout = 0;
  server.maxConnections = maxConnections;
}

/** Browsers and proxies do not pipeline: they send the next request after the last response. */
const MAX_PIPELINED_REQUESTS = 10;

/**
 * Creates a guard against endless pipelining (RFC 9112 §9.3.2). The guard returns true for a request over its
 * connection's limit of unanswered requests, and closes that connection. Without a limit Node reads every
 * pipelined request and buffers its response for a client that reads none.
 */
export function createPipelineGuard(): (request: IncomingMessage, response: ServerResponse) => boolean {
  const unanswered = new WeakMap<Socket, number>();
  return ({ socket }, response) => {
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (count <= MAX_PIPELINED_REQUESTS) return false;
    socket.destroy();
    return true;
  };
}
