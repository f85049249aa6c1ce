import { on, once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import { type Listening, listenBySocket, listenBySse } from '../../kit/api/listening.ts';
import { body, part, post } from '../../kit/api/multipart.ts';
import { type Fan, gatherOne } from '../../kit/contest/create-users.ts';
import { storedFiles } from '../../kit/contest/videos.ts';
import { box } from '../../kit/media/mp4.ts';

const RANKING = { query: 'subscription { rankingChanged(top: 1) { entries { position } } }' };
const MOST_CONNECTIONS = 40;

let app: App;
let player: Fan;
beforeAll(async () => {
  app = await startApp({
    STREAMS_PER_PLAYER: '2',
    STREAMS_PER_NETWORK: '3',
    UPLOADS_PER_PLAYER: '1',
    MAX_CONNECTIONS: String(MOST_CONNECTIONS),
    TRUSTED_PROXIES: '127.0.0.1',
  });
  player = await gatherOne(app);
});
afterAll(() => app?.stop());

/** Opens with `open` as soon as there is room. */
async function openAgain(open: () => Promise<Listening>): Promise<Listening> {
  let opened: Listening | undefined;
  const attempt = async () => {
    opened = await open().catch(() => undefined);
    return opened !== undefined;
  };
  await waitUntil('there is room again', attempt, { deadlineSeconds: 5 });
  if (opened === undefined) throw new Error('unreachable');
  return opened;
}

describe('streams', () => {
  test('of an account and of a network are limited, event streams and sockets together, and given back', async () => {
    await using streams = new AsyncDisposableStack();
    const sse = (caller = {}) => listenBySse(app, RANKING, caller);
    const socket = (caller = {}) => listenBySocket(app, RANKING, caller);
    const first = await sse(player);
    streams.use(await socket(player));
    await expect(sse(player)).rejects.toThrow(/^429 [\s\S]*"code":"TOO_MANY_AT_ONCE"/);
    await expect(socket(player)).rejects.toThrow('The socket was closed');

    streams.use(await sse());
    await expect(sse()).rejects.toThrow(/^429 [\s\S]*"code":"TOO_MANY_AT_ONCE"/);
    await expect(socket()).rejects.toThrow('The socket was closed');

    await first[Symbol.asyncDispose]();
    streams.use(await openAgain(() => sse(player)));
  });
});

describe('one socket', () => {
  /** What a socket is answered to `operations`, by their ids. */
  async function answersTo(operations: object[], address: string): Promise<Map<string, string>> {
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
    const answers = new Map<string, string>();
    for await (const [message] of messages) {
      const text = String(message);
      const id = /"id":"(op-\d+)"/.exec(text)?.[1];
      if (id) answers.set(id, text);
      if (answers.size === operations.length) break;
    }
    socket.terminate();
    return answers;
  }

  test('runs twenty operations at once', async () => {
    const answers = await answersTo(
      Array.from({ length: 23 }, () => RANKING),
      '10.0.0.1',
    );
    const refused = [...answers.values()].filter(text => text.includes('"TOO_MANY_AT_ONCE"'));
    expect(refused).toHaveLength(3);
  });

  test('has the same limits on documents as HTTP', async () => {
    const aliases = Array.from({ length: 16 }, (_, n) => `a${n}: __typename`).join(' ');
    const [answer] = (await answersTo([{ query: `{ ${aliases} }` }], '10.0.0.2')).values();
    expect(answer).toContain('"DOCUMENT_TOO_LARGE"');
  });
});

describe('uploads', () => {
  test('of an account come one at a time, and the next may come as soon as one has ended', async () => {
    const query =
      'mutation ($file: Upload!) { uploadVideo(input: { title: "One", file: $file }) { __typename } }';
    const parts = [
      part('operations', JSON.stringify({ query, variables: { file: null } })),
      part('map', '{"0":["variables.file"]}'),
      part('0', Buffer.concat([box('ftyp', Buffer.from('mp42\0\0\0\0mp42isom')), Buffer.alloc(300_000)]), {
        filename: 'clip.mp4',
      }),
    ];
    const whole = body(parts);
    const gate = Promise.withResolvers<void>();
    const headers = {
      authorization: `Bearer ${player.token}`,
      'content-type': 'multipart/form-data; boundary=anb-test-boundary',
      'graphql-require-preflight': '1',
    };
    const send = (chunks: Iterable<Buffer> | Buffer) => post(`${app.url}/graphql`, chunks, { headers });
    async function* held() {
      yield whole.subarray(0, 100_000);
      await gate.promise;
      yield whole.subarray(100_000);
    }
    const first = post(`${app.url}/graphql`, held(), { headers });
    const isRead = async () => (await storedFiles(app)).some(path => path.startsWith('temp/'));
    await waitUntil('the first upload is being read', isRead, { deadlineSeconds: 5 });
    expect((await send(whole)).status).toBe(429);
    gate.resolve();
    expect((await first).status).toBe(200);
    await waitUntil('the next may come', async () => (await send(whole)).status === 200, {
      deadlineSeconds: 5,
    });
  });
});

describe('connections', () => {
  test('beyond what a process holds are closed at once, and let in again when others have left', async () => {
    const { port, hostname } = new URL(app.url);
    let closed = 0;
    const sockets = Array.from({ length: MOST_CONNECTIONS + 10 }, () =>
      connect(Number(port), hostname).on('error', () => undefined),
    );
    for (const socket of sockets) socket.once('close', () => closed++);
    await waitUntil('those beyond are closed', async () => closed >= 10, { deadlineSeconds: 5 });
    expect(await app.connections()).toBeLessThanOrEqual(MOST_CONNECTIONS);
    for (const socket of sockets) socket.destroy();
    const isAnswered = () =>
      fetch(`${app.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil('a client is let in', isAnswered, { deadlineSeconds: 5 });
  });
});
