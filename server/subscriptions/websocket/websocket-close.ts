import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';

/**
 * Service Restart (https://www.iana.org/assignments/websocket): the graphql-ws client reconnects and
 * subscribes again.
 */
const SERVICE_RESTART = 1012;
const POLL_MILLISECONDS = 10;

/** Operations of a socket by id, as graphql-ws stores them: null for a pending result, else a stream. */
export type ActiveOperations = Readonly<Record<string, unknown>>;

/**
 * Closes a socket once its queries and mutations have their results; otherwise the client would repeat them
 * elsewhere. Terminates the socket at the deadline.
 */
export async function closeWebSocket(
  socket: WebSocket,
  operations: ActiveOperations,
  deadline: AbortSignal,
): Promise<void> {
  // A poll, because graphql-ws has no callback after it sends a result.
  while (Object.values(operations).includes(null) && !deadline.aborted) await pause(POLL_MILLISECONDS);
  if (socket.readyState === socket.CLOSED) return;
  const closed = once(socket, 'close');
  const terminate = () => socket.terminate();
  socket.close(SERVICE_RESTART, 'Service restart');
  if (deadline.aborted) terminate();
  else deadline.addEventListener('abort', terminate);
  await closed;
  deadline.removeEventListener('abort', terminate);
}
