import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import type { TestClient } from './client.ts';

interface Caller {
  token?: string;
  language?: string;
}
interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

/** A subscription as raw text from the wire. */
export interface TestSubscription extends AsyncDisposable {
  /** Returns the unparsed JSON of the next response; null when the operation is complete. */
  next(): Promise<string | null>;
}

/** Starts a subscription over one transport. */
export type Subscribe = (
  api: Pick<TestClient, 'url'>,
  operation: Operation,
  caller?: Caller,
) => Promise<TestSubscription>;

const toHeaders = ({ token, language }: Caller) => ({
  ...(token && { authorization: `Bearer ${token}` }),
  ...(language && { 'accept-language': language }),
});

/** Subscribes over Server-Sent Events. */
export const subscribeBySse: Subscribe = async ({ url }, operation, caller = {}) => {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...toHeaders(caller) },
    body: JSON.stringify(operation),
    signal: abort.signal,
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const blocks = readSseBlocks(response.body);
  return {
    async next() {
      for (;;) {
        const { value, done } = await blocks.next();
        if (done) throw new Error('The stream was cut off');
        if (value.startsWith('event: complete')) return null;
        if (value.startsWith('event: next\ndata: ')) return value.slice('event: next\ndata: '.length);
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort();
    },
  };
};

/** Subscribes over a dedicated WebSocket, with an operation id that JSON has to escape. */
export const subscribeByWebSocket: Subscribe = async ({ url }, operation, caller = {}) => {
  const { authorization, ...headers } = toHeaders(caller);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const messages = on(socket, 'message', { close: ['close'] });
  const nextText = async () => {
    const { value, done } = await messages.next();
    if (done) throw new Error('The socket was closed');
    return String(value[0]);
  };
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: authorization && { authorization } }));
  await nextText();
  const id = JSON.stringify('a "quoted" id');
  socket.send(`{"id":${id},"type":"subscribe","payload":${JSON.stringify(operation)}}`);
  const head = `{"id":${id},"type":"next","payload":`;
  return {
    async next() {
      const text = await nextText();
      if (text === `{"id":${id},"type":"complete"}`) return null;
      if (!text.startsWith(head)) throw new Error(`Not a response to ${id}: ${text}`);
      return text.slice(head.length, -1);
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
};

async function* readSseBlocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks;
  }
}
