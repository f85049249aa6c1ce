import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A subscription whose client reconnects immediately after a disconnect. */
export interface ReconnectingSubscription {
  client: { dispose(): void | Promise<void> };
  /** Resolves when the client has reconnected. */
  reconnected: Promise<void>;
  events: AsyncIterableIterator<{ data?: unknown }>;
}

/** Subscribes over Server-Sent Events. */
export function openReconnectingSse(url: string, query: string): ReconnectingSubscription {
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  const client = createSseClient({
    url: `${url}/graphql`,
    retry: async () => undefined,
    on: { connected: isRetry => isRetry && resolve() },
  });
  return { client, reconnected, events: client.iterate({ query }) };
}

/** Subscribes over a WebSocket. */
export function openReconnectingSocket(url: string, query: string): ReconnectingSubscription {
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  const client = createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    on: { connected: (_socket, _payload, isRetry) => isRetry && resolve() },
  });
  return { client, reconnected, events: client.iterate({ query }) };
}
