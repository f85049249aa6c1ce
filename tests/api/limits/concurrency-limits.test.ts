import { on, once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import { createMultipartBody, createPart, post } from '../../kit/api/multipart.ts';
import { subscribeBySse, subscribeByWebSocket, type TestSubscription } from '../../kit/api/subscriptions.ts';
import { createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { listStoredFiles } from '../../kit/contest/videos.ts';
import { box } from '../../kit/media/mp4.ts';

const RANKING = { query: 'subscription { rankingChanged(top: 1) { entries { position } } }' };
const MAX_CONNECTIONS = 40;

let app: App;
let player: TestUser;
beforeAll(async () => {
  app = await startApp({
    STREAMS_PER_PLAYER: '2',
    STREAMS_PER_NETWORK: '3',
    UPLOADS_PER_PLAYER: '1',
    MAX_CONNECTIONS: String(MAX_CONNECTIONS),
    TRUSTED_PROXIES: '127.0.0.1',
  });
  player = await createUser(app);
});
afterAll(() => app?.stop());

/** Calls `open` until it succeeds, for at most 5 s. */
async function openWhenPossible(open: () => Promise<TestSubscription>): Promise<TestSubscription> {
  let opened: TestSubscription | undefined;
  const attempt = async () => {
    opened = await open().catch(() => undefined);
    return opened !== undefined;
  };
  await waitUntil('a subscription can be opened', attempt, { deadlineSeconds: 5 });
  if (opened === undefined) throw new Error('unreachable');
  return opened;
}

describe('streams', () => {
  test('are limited per account and per network, over SSE and WebSocket together, and released at the end', async () => {
    await using streams = new AsyncDisposableStack();
    const sse = (caller = {}) => subscribeBySse(app, RANKING, caller);
    const socket = (caller = {}) => subscribeByWebSocket(app, RANKING, caller);
    const first = await sse(player);
    streams.use(await socket(player));
    await expect(sse(player)).rejects.toThrow(/^429 [\s\S]*"code":"TOO_MANY_AT_ONCE"/);
    await expect(socket(player)).rejects.toThrow('The socket was closed');

    streams.use(await sse());
    await expect(sse()).rejects.toThrow(/^429 [\s\S]*"code":"TOO_MANY_AT_ONCE"/);
    await expect(socket()).rejects.toThrow('The socket was closed');

    await first[Symbol.asyncDispose]();
    streams.use(await openWhenPossible(() => sse(player)));
  });
});

describe('a socket', () => {
  /** Sends `operations` on one socket; returns the first message of each by its id. */
  async function readFirstMessages(operations: object[], address: string): Promise<Map<string, string>> {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': address },
    });
    const messages = on(socket, 'message', { close: ['close'] });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await messages.next();
    for (const [id, payload] of operations.entries()) {
      socket.send(JSON.stringify({ id: `op-${id}`, type: 'subscribe', payload }));
    }
    const messagesById = new Map<string, string>();
    for await (const [message] of messages) {
      const text = String(message);
      const id = /"id":"(op-\d+)"/.exec(text)?.[1];
      if (id) messagesById.set(id, text);
      if (messagesById.size === operations.length) break;
    }
    socket.terminate();
    return messagesById;
  }

  test('runs at most 20 concurrent operations', async () => {
    const messagesById = await readFirstMessages(
      Array.from({ length: 23 }, () => RANKING),
      '10.0.0.1',
    );
    const rejected = [...messagesById.values()].filter(text => text.includes('"TOO_MANY_AT_ONCE"'));
    expect(rejected).toHaveLength(3);
  });

  test('has the same document limits as HTTP', async () => {
    const aliases = Array.from({ length: 16 }, (_, n) => `a${n}: __typename`).join(' ');
    const [message] = (await readFirstMessages([{ query: `{ ${aliases} }` }], '10.0.0.2')).values();
    expect(message).toContain('"DOCUMENT_TOO_LARGE"');
  });
});

describe('uploads', () => {
  test('of an account are limited to UPLOADS_PER_PLAYER, and the next upload may start when one ends', async () => {
    const query =
      'mutation ($file: Upload!) { uploadVideo(input: { title: "One", file: $file }) { __typename } }';
    const parts = [
      createPart('operations', JSON.stringify({ query, variables: { file: null } })),
      createPart('map', '{"0":["variables.file"]}'),
      createPart(
        '0',
        Buffer.concat([box('ftyp', Buffer.from('mp42\0\0\0\0mp42isom')), Buffer.alloc(300_000)]),
        {
          filename: 'clip.mp4',
        },
      ),
    ];
    const whole = createMultipartBody(parts);
    const resume = Promise.withResolvers<void>();
    const headers = {
      authorization: `Bearer ${player.token}`,
      'content-type': 'multipart/form-data; boundary=anb-test-boundary',
      'graphql-require-preflight': '1',
    };
    const send = (chunks: Iterable<Buffer> | Buffer) => post(`${app.url}/graphql`, chunks, { headers });
    async function* sendInTwoParts() {
      yield whole.subarray(0, 100_000);
      await resume.promise;
      yield whole.subarray(100_000);
    }
    const first = post(`${app.url}/graphql`, sendInTwoParts(), { headers });
    const isReceiving = async () => (await listStoredFiles(app)).some(path => path.startsWith('temp/'));
    await waitUntil('the server receives the first upload', isReceiving, { deadlineSeconds: 5 });
    expect((await send(whole)).status).toBe(429);
    resume.resolve();
    expect((await first).status).toBe(200);
    await waitUntil('the next upload is accepted', async () => (await send(whole)).status === 200, {
      deadlineSeconds: 5,
    });
  });
});

describe('connections', () => {
  test('over MAX_CONNECTIONS are closed immediately, and accepted again after others close', async () => {
    const { port, hostname } = new URL(app.url);
    let closed = 0;
    const sockets = Array.from({ length: MAX_CONNECTIONS + 10 }, () =>
      connect(Number(port), hostname).on('error', () => undefined),
    );
    for (const socket of sockets) socket.once('close', () => closed++);
    await waitUntil('the excess connections are closed', async () => closed >= 10, { deadlineSeconds: 5 });
    expect(await app.connections()).toBeLessThanOrEqual(MAX_CONNECTIONS);
    for (const socket of sockets) socket.destroy();
    const isAnswered = () =>
      fetch(`${app.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil('a new connection is accepted', isAnswered, { deadlineSeconds: 5 });
  });
});
