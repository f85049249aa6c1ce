import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client that takes nothing of its answer, or sends nothing of its request, keeps its connection. */
const PATIENCE = 2;

/**
 * Bounds what slow and stalled clients cost: how long they may take for a head, how long a connection may stand still with
 * something on its way, and how many there are. Bodies have limits of their own, in the hands of whoever reads them.
 */
export function limitConnections(
  server: Server,
  { slowClientSeconds, maxConnections }: { slowClientSeconds: number; maxConnections: number },
): void {
  server.headersTimeout = slowClientSeconds * 1000;
  server.timeout = slowClientSeconds * PATIENCE * 1000;
  // Node's default of 5 minutes would end a long upload.
  server.requestTimeout = 0;
  server.maxConnections = maxConnections;
}

/** No browser and no proxy sends a request on a connection before the last one was answered. */
const MOST_PIPELINED = 10;

/**
 * Whether a request is one too many on its connection, which is closed then: Node reads on for as long as requests come,
 * and would keep an answer to each of them for a client that takes none (RFC 9112 §9.3.2).
 */
export function createPipelineGuard(): (request: IncomingMessage, response: ServerResponse) => boolean {
  const unanswered = new WeakMap<Socket, number>();
  return ({ socket }, response) => {
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (count <= MOST_PIPELINED) return false;
    socket.destroy();
    return true;
  };
}
