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

/** A subscription as it comes over the wire. */
export interface Listening extends AsyncDisposable {
  /** The JSON of the next response, byte by byte; null when the operation is over. */
  next(): Promise<string | null>;
}

/** Subscribes as one kind of client does. */
export type Listen = (
  api: Pick<TestClient, 'url'>,
  operation: Operation,
  caller?: Caller,
) => Promise<Listening>;

const headersOf = ({ token, language }: Caller) => ({
  ...(token && { authorization: `Bearer ${token}` }),
  ...(language && { 'accept-language': language }),
});

/** Over Server-Sent Events. */
export const listenBySse: Listen = async ({ url }, operation, caller = {}) => {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headersOf(caller) },
    body: JSON.stringify(operation),
    signal: leaving.signal,
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const blocks = readBlocks(response.body);
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
      leaving.abort();
    },
  };
};

/** Over a WebSocket of its own, under an id that JSON has to escape. */
export const listenBySocket: Listen = async ({ url }, operation, caller = {}) => {
  const { authorization, ...headers } = headersOf(caller);
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
      if (!text.startsWith(head)) throw new Error(`No response to ${id}: ${text}`);
      return text.slice(head.length, -1);
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
};

async function* readBlocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks;
  }
}
