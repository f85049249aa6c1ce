import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Lets the clients of an HTTP server go without dropping a request. */
export interface GracefulClose {
  readonly hasStarted: boolean;
  /** From now on each answer ends its connection, so that clients and proxies go elsewhere with the next request. */
  start(): void;
  /** Takes no more connections; resolves when the last request is answered, or was cut off at the deadline. */
  finish(deadline: AbortSignal): Promise<void>;
}

export function createGracefulClose(server: Server): GracefulClose {
  const answering = new Set<ServerResponse>();
  const unused = new Set<Socket>();
  let hasStarted = false;
  server.on('connection', socket => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  const announce = (response: ServerResponse) => {
    // What has begun without saying so is closed as an idle connection afterwards.
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  // Ahead of whoever answers at once.
  server.prependListener('request', ({ socket }, response) => {
    unused.delete(socket);
    answering.add(response);
    if (hasStarted) announce(response);
    response.once('close', () => {
      answering.delete(response);
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });

  return {
    get hasStarted() {
      return hasStarted;
    },
    start() {
      hasStarted = true;
      for (const response of answering) announce(response);
    },
    async finish(deadline) {
      const closed = Promise.withResolvers<void>();
      server.close(error => (error ? closed.reject(error) : closed.resolve()));
      // To Node a connection is busy before its first request, and browsers open some ahead.
      for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
      const cutOff = () => server.closeAllConnections();
      if (deadline.aborted) cutOff();
      else deadline.addEventListener('abort', cutOff);
      await closed.promise;
      deadline.removeEventListener('abort', cutOff);
    },
  };
}
