import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestPath } from '../../http/request-path.ts';

const REFUSALS = {
  404: 'Not Found',
  403: 'Forbidden',
  503: 'Service Unavailable\r\nRetry-After: 1',
};

/** Passes each upgrade on `/graphql` from an allowed origin to `accept`, and refuses all others. */
export function handleUpgrade(
  server: Server,
  isAllowedOrigin: (request: IncomingMessage) => boolean,
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  server.on('upgrade', (request, socket, head) => {
    // Node has removed its own listeners, and an unhandled `error` event ends the process.
    socket.on('error', () => socket.destroy());
    if (getRequestPath(request) !== '/graphql') refuse(socket, 404);
    else if (!isAllowedOrigin(request)) refuse(socket, 403);
    else if (!server.listening) refuse(socket, 503);
    else accept(request, socket, head);
  });
}

/**
 * Destroys the socket after the response. Remaining input has no reader, and no timeout is left to end the
 * socket.
 */
function refuse(socket: Duplex, status: keyof typeof REFUSALS): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\n\r\n`);
}
