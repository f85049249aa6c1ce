import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A subscription of a client that connects again at once when it is cut off. */
export interface Reconnecting {
  client: { dispose(): void | Promise<void> };
  /** Resolves when it has connected again. */
  reconnected: Promise<void>;
  events: AsyncIterableIterator<{ data?: unknown }>;
}

/** Over Server-Sent Events. */
export function reconnectingSse(url: string, query: string): Reconnecting {
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  const client = createSseClient({
    url: `${url}/graphql`,
    retry: async () => undefined,
    on: { connected: again => again && resolve() },
  });
  return { client, reconnected, events: client.iterate({ query }) };
}

/** Over a WebSocket. */
export function reconnectingSocket(url: string, query: string): Reconnecting {
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  const client = createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    on: { connected: (_socket, _payload, again) => again && resolve() },
  });
  return { client, reconnected, events: client.iterate({ query }) };
}
