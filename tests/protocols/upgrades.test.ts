import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { eventually } from '../kit/api/multipart.ts';

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
const FOREIGN = ['Origin: https://elsewhere.example', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

/** A connection that stays open on this side until the test ends. */
async function open(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  // What the server does to the connection is what is looked at.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
const ask = (socket: Socket, line: string, headers: string[], body: string | Buffer = '') => {
  socket.write([line, 'Host: api', ...headers, '', ''].join('\r\n'));
  socket.write(body);
};
const isAlive = async () => (await fetch(`${app.url}/health`)).ok;

test.each([
  ['another path', 'GET /elsewhere HTTP/1.1', 404],
  ['a path that is no address', 'GET // HTTP/1.1', 404],
  ['a foreign page', 'GET /graphql HTTP/1.1', 403],
])(
  'an upgrade for %s is refused, and ends nothing else when its client breaks off',
  async (_, line, status) => {
    const socket = await open();
    ask(socket, line, [...UPGRADE, ...FOREIGN]);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.resetAndDestroy();
    expect(await isAlive()).toBe(true);
  },
);

test('a client that is refused and goes on sending keeps no connection', async () => {
  const before = await app.connections();
  const sockets = await Promise.all(Array.from({ length: 20 }, open));
  const body = Buffer.alloc(200_000);
  for (const socket of sockets) {
    ask(socket, 'POST /graphql HTTP/1.1', [...UPGRADE, ...FOREIGN, `Content-Length: ${body.length}`], body);
  }
  await eventually(async () => (await app.connections()) <= before);
});

test.each(['//', '//metrics', '/media/..\\metrics', '/x/../metrics'])(
  'a path is taken as it was sent, and is not tidied up into another: %s',
  async path => {
    const socket = await open();
    ask(socket, `GET ${path} HTTP/1.1`, ['Connection: close']);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 404 /);
  },
);
