import { once } from 'node:events';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebSocketOperations } from '../../server/subscriptions/websocket/websocket-operations.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';

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

async function readSharedExecutions(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^anb_shared_executions\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
}

test('operations completed before their start end, also when their id is reused 50 times', async () => {
  const socket = await openSocket();
  const messages: string[] = [];
  socket.on('message', data => messages.push(String(data)));
  const subscribe = (id: string) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: RANKING } }));
  /** Subscribes; returns the first message about the operation. */
  const readFirstMessage = async (id: string) => {
    const isAbout = (text: string) => text.startsWith(`{"id":"${id}",`);
    messages.length = 0;
    subscribe(id);
    await waitForCondition(async () => messages.some(isAbout));
    return messages.find(isAbout) ?? '';
  };
  for (let n = 0; n < 50; n++) {
    subscribe('a');
    socket.send('{"id":"a","type":"complete"}');
  }
  expect(await readFirstMessage('z')).toContain('"type":"next"');
  // The id and the slots of the completed operations become free again: 20 operations run, and no more.
  await waitForCondition(async () => !(await readFirstMessage('a')).includes('"TOO_MANY_AT_ONCE"'));
  for (let n = 0; n < 18; n++) expect(await readFirstMessage(`${n}`)).toContain('"type":"next"');
  expect(await readFirstMessage('18')).toContain('"TOO_MANY_AT_ONCE"');
  expect(await readSharedExecutions()).toBe(1);
  socket.terminate();
  await waitForCondition(async () => (await readSharedExecutions()) === 0);
});

test('an operation counts against the limit until it ends', async () => {
  const returned: string[] = [];
  const results = (id: string): AsyncIterator<unknown> => ({
    next: () => new Promise(() => undefined),
    async return() {
      returned.push(id);
      return { done: true, value: undefined };
    },
  });
  const operations = new WebSocketOperations();
  for (let n = 0; n < 20; n++) expect(operations.reserve(`${n}`)).toBe(true);
  expect(operations.reserve('20')).toBe(false);
  operations.release('0');
  expect(operations.reserve('1')).toBe(false);
  expect(operations.reserve('20')).toBe(true);
  operations.attach('1', results('1'));
  operations.close();
  operations.attach('2', results('2'));
  expect(returned).toEqual(['1', '2']);
});

test('the server closes the socket of a client that does not read the pongs', async () => {
  const socket = await openSocket();
  socket.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
  const sent = () =>
    new Promise<boolean>(resolve => socket.send(ping, error => resolve(error === undefined)));
  let pings = 0;
  while (pings < 2000 && (await sent())) pings += 1;
  expect(pings).toBeLessThan(1000);
});
