import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';

/** https://www.iana.org/assignments/websocket: Service Restart; graphql-ws's client connects again and subscribes anew. */
const SERVICE_RESTART = 1012;
const LOOK_MILLISECONDS = 10;

/** What runs on a socket, as graphql-ws keeps it: null for what has not answered yet, else a stream. */
export type Operations = Readonly<Record<string, unknown>>;

/**
 * Closes a socket once the queries and mutations on it are answered: a client would send those again, elsewhere. Drops it
 * at the deadline.
 */
export async function closeWebSocket(
  socket: WebSocket,
  operations: Operations,
  deadline: AbortSignal,
): Promise<void> {
  // graphql-ws tells of no end of an operation that has also been sent.
  while (Object.values(operations).includes(null) && !deadline.aborted) await pause(LOOK_MILLISECONDS);
  if (socket.readyState === socket.CLOSED) return;
  const closed = once(socket, 'close');
  const drop = () => socket.terminate();
  socket.close(SERVICE_RESTART, 'Service restart');
  if (deadline.aborted) drop();
  else deadline.addEventListener('abort', drop);
  await closed;
  deadline.removeEventListener('abort', drop);
}
