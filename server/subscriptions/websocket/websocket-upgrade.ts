import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestPath } from '../../http/request-path.ts';

const STATUS_LINES = {
  404: 'Not Found',
  403: 'Forbidden',
  503: 'Service Unavailable\r\nRetry-After: 1',
};

/** Passes each upgrade on `/graphql` from an allowed origin to `accept`, and rejects all others. */
export function handleUpgrade(
  server: Server,
  isAllowedOrigin: (request: IncomingMessage) => boolean,
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  server.on('upgrade', (request, socket, head) => {
    // Node has removed its own listeners, and an unhandled `error` event ends the process.
    socket.on('error', () => socket.destroy());
    if (getRequestPath(request) !== '/graphql') rejectUpgrade(socket, 404);
    else if (!isAllowedOrigin(request)) rejectUpgrade(socket, 403);
    else if (!server.listening) rejectUpgrade(socket, 503);
    else accept(request, socket, head);
  });
}

/**
 * Sends a response and destroys the socket. Remaining input has no reader, and no timeout would end the
 * socket.
 */
function rejectUpgrade(socket: Duplex, status: keyof typeof STATUS_LINES): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_LINES[status]}\r\nConnection: close\r\n\r\n`);
}
