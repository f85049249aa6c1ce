import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
const FOREIGN = ['Origin: https://elsewhere.example', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

/** Opens a connection whose client side stays open until the test ends. */
async function open(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  // The test expects the server to close the connection.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
const sendRequest = (socket: Socket, line: string, headers: string[], body: string | Buffer = '') => {
  socket.write([line, 'Host: api', ...headers, '', ''].join('\r\n'));
  socket.write(body);
};
const isAlive = async () => (await fetch(`${app.url}/health`)).ok;

test.each([
  ['an unknown path', 'GET /elsewhere HTTP/1.1', 404],
  ['an invalid path', 'GET // HTTP/1.1', 404],
  ['a foreign origin', 'GET /graphql HTTP/1.1', 403],
])(
  'an upgrade request for %s is rejected, and a reset by its client does not affect the server',
  async (_, line, status) => {
    const socket = await open();
    sendRequest(socket, line, [...UPGRADE, ...FOREIGN]);
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.resetAndDestroy();
    expect(await isAlive()).toBe(true);
  },
);

test('the server closes the connection of a rejected client that continues to send', async () => {
  const before = await app.connections();
  const sockets = await Promise.all(Array.from({ length: 20 }, open));
  const body = Buffer.alloc(200_000);
  for (const socket of sockets) {
    sendRequest(
      socket,
      'POST /graphql HTTP/1.1',
      [...UPGRADE, ...FOREIGN, `Content-Length: ${body.length}`],
      body,
    );
  }
  await waitForCondition(async () => (await app.connections()) <= before);
});

test.each(['//', '//metrics', '/media/..\\metrics', '/x/../metrics'])(
  'the path %s returns 404 without normalisation',
  async path => {
    const socket = await open();
    sendRequest(socket, `GET ${path} HTTP/1.1`, ['Connection: close']);
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(/^HTTP\/1.1 404 /);
  },
);
