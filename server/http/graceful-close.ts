import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Closes an HTTP server without dropping a request. */
export interface GracefulClose {
  readonly hasStarted: boolean;
  /** Makes each response end its connection, so that clients and proxies send the next request elsewhere. */
  start(): void;
  /**
   * Stops accepting connections. Resolves when the last request is answered. The deadline closes connections
   * that are still open.
   */
  finish(deadline: AbortSignal): Promise<void>;
}

/** Creates the graceful close of a server. Call it before the server accepts connections. */
export function createGracefulClose(server: Server): GracefulClose {
  const openResponses = new Set<ServerResponse>();
  const unusedSockets = new Set<Socket>();
  let hasStarted = false;
  server.on('connection', socket => {
    unusedSockets.add(socket);
    socket.once('close', () => unusedSockets.delete(socket));
  });
  const announceClose = (response: ServerResponse) => {
    // A response with sent headers leaves an idle connection, which is closed afterwards.
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  // This listener runs first, because another one may answer synchronously.
  server.prependListener('request', ({ socket }, response) => {
    unusedSockets.delete(socket);
    openResponses.add(response);
    if (hasStarted) announceClose(response);
    response.once('close', () => {
      openResponses.delete(response);
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });

  return {
    get hasStarted() {
      return hasStarted;
    },
    start() {
      hasStarted = true;
      for (const response of openResponses) announceClose(response);
    },
    async finish(deadline) {
      const closed = Promise.withResolvers<void>();
      server.close(error => (error ? closed.reject(error) : closed.resolve()));
      // Browsers open connections ahead, and Node counts a connection as busy before its first request.
      for (const socket of unusedSockets) if (socket.bytesRead === 0) socket.destroy();
      const closeAll = () => server.closeAllConnections();
      if (deadline.aborted) closeAll();
      else deadline.addEventListener('abort', closeAll);
      await closed.promise;
      deadline.removeEventListener('abort', closeAll);
    },
  };
}
