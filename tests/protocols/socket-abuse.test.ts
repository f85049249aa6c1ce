import { once } from 'node:events';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebSocketOperations } from '../../server/subscriptions/websocket-operations.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { eventually } from '../kit/api/multipart.ts';

const RANKING = 'subscription { rankingChanged(top: 3) { entries { votes } } }';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

async function sharedExecutions(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^anb_shared_executions\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
}

test('operations that are completed before they have begun end, however often their id is used again', async () => {
  const socket = await openSocket();
  const subscribe = JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: RANKING } });
  const refusals: string[] = [];
  socket.on('message', data => String(data).includes('TOO_MANY_AT_ONCE') && refusals.push(String(data)));
  for (let n = 0; n < 50; n++) {
    socket.send(subscribe);
    socket.send('{"id":"a","type":"complete"}');
  }
  socket.send(JSON.stringify({ id: 'z', type: 'subscribe', payload: { query: RANKING } }));
  await eventually(async () => (await sharedExecutions()) === 1);
  socket.terminate();
  await eventually(async () => (await sharedExecutions()) === 0);
});

test('an operation counts until it has really ended', async () => {
  const returned: string[] = [];
  const results = (id: string): AsyncIterator<unknown> => ({
    next: () => new Promise(() => undefined),
    async return() {
      returned.push(id);
      return { done: true, value: undefined };
    },
  });
  const operations = new WebSocketOperations();
  for (let n = 0; n < 20; n++) expect(operations.begin(`${n}`)).toBe(true);
  expect(operations.begin('20')).toBe(false);
  operations.end('0');
  expect(operations.begin('1')).toBe(false);
  expect(operations.begin('20')).toBe(true);
  operations.hold('1', results('1'));
  operations.close();
  operations.hold('2', results('2'));
  expect(returned).toEqual(['1', '2']);
});

test('a client that takes no answers to its pings is dropped', async () => {
  const socket = await openSocket();
  socket.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
  const sent = () =>
    new Promise<boolean>(resolve => socket.send(ping, error => resolve(error === undefined)));
  let pings = 0;
  while (pings < 2000 && (await sent())) pings += 1;
  expect(pings).toBeLessThan(1000);
});
