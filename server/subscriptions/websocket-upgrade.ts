import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestPath } from '../http/request-path.ts';

const REFUSALS = {
  404: 'Not Found',
  403: 'Forbidden',
  503: 'Service Unavailable\r\nRetry-After: 1',
};

/** Hands each upgrade to a WebSocket on `/graphql` from an allowed page to `take`, and refuses every other. */
export function handleUpgrade(
  server: Server,
  isAllowedOrigin: (request: IncomingMessage) => boolean,
  take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  server.on('upgrade', (request, socket, head) => {
    // Node has taken its own listeners away, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    if (getRequestPath(request) !== '/graphql') refuse(socket, 404);
    else if (!isAllowedOrigin(request)) refuse(socket, 403);
    else if (!server.listening) refuse(socket, 503);
    else take(request, socket, head);
  });
}

/** Waits for nothing that the client still sends: nobody reads it, and no timeout is left to end it. */
function refuse(socket: Duplex, status: keyof typeof REFUSALS): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\n\r\n`);
}
