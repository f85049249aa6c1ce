import { on, once } from 'node:events';
import { createClient } from 'graphql-ws';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { createUser, type TestUser } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { publishVideo } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';
import { openTcpRelay } from '../kit/services/tcp-relay.ts';

const RANKING = 'subscription { rankingChanged(top: 1) { entries { votes } } }';
const INIT = { type: 'connection_init' };
const subscribe = (query: string, id = 'one') => ({ id, type: 'subscribe', payload: { query } });

let app: App;
let player: TestUser;
let videoId: string;
beforeAll(async () => {
  app = await startApp({ PING_SECONDS: '1', SLOW_CLIENT_SECONDS: '2' });
  player = await createUser(app);
  videoId = await publishVideo(app.database, player);
  await waitForLeaderboard(app);
});
afterAll(() => app?.stop());

/** Opens a socket; the end of the test closes it. */
async function openSocket(
  subprotocols: string[] = ['graphql-transport-ws'],
  options = {},
): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, subprotocols, options);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}
const send = (socket: WebSocket, ...messages: object[]) => {
  for (const message of messages) socket.send(JSON.stringify(message));
};
const untilClosed = (socket: WebSocket) =>
  new Promise<[code: number, reason: string]>(resolve => {
    socket.once('close', (code, reason) => resolve([code, String(reason)]));
  });
/** Sends connection_init and waits for the acknowledgement; returns the messages after it. */
async function initialise(socket: WebSocket, payload?: object): Promise<AsyncGenerator<unknown>> {
  const messages = readMessages(socket);
  const acknowledged = messages.next();
  send(socket, { ...INIT, ...(payload && { payload }) });
  expect((await acknowledged).value).toEqual({ type: 'connection_ack' });
  return messages;
}
/** Yields the messages of a socket. */
async function* readMessages(socket: WebSocket): AsyncGenerator<unknown> {
  for await (const [message] of on(socket, 'message', { close: ['close'] }))
    yield JSON.parse(String(message));
}

// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
describe('a socket is closed', () => {
  test.each([
    ['4400 for invalid JSON', '{', 4400],
    ['4400 for an unknown message type', '{"type":"hello"}', 4400],
    [
      '4400 for an operation without an id',
      '{"type":"subscribe","payload":{"query":"{ me { email } }"}}',
      4400,
    ],
    ['4401 for an operation before connection_init', JSON.stringify(subscribe(RANKING)), 4401],
  ])('with %s', async (_, message, code) => {
    const socket = await openSocket();
    socket.send(message);
    expect(await untilClosed(socket)).toEqual([code, expect.any(String)]);
  });

  test.each([[['graphql-ws']], [[]]])('with 4406 for the subprotocols %j', async protocols => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, protocols);
    socket.on('error', () => undefined);
    const [code] = await untilClosed(socket);
    // A client that receives none of its subprotocols closes the connection itself, with 1006.
    expect(protocols.length > 0 ? [1006, 4406] : [4406]).toContain(code);
  });

  test('with 4408 without connection_init in time', async () => {
    const socket = await openSocket();
    expect(await untilClosed(socket)).toEqual([4408, 'Connection initialisation timeout']);
  });

  test('with 4409 for a second operation with the same id', async () => {
    const socket = await openSocket();
    await initialise(socket);
    send(socket, subscribe(RANKING), subscribe(RANKING));
    expect(await untilClosed(socket)).toEqual([4409, 'Subscriber for one already exists']);
  });

  test('with 4429 for a second connection_init', async () => {
    const socket = await openSocket();
    send(socket, INIT, INIT);
    expect(await untilClosed(socket)).toEqual([4429, 'Too many initialisation requests']);
  });

  test('with 4401 when its token expires, and not before', async () => {
    const token = await issueShortToken();
    const socket = await openSocket();
    const messages = await initialise(socket, { authorization: `Bearer ${token}` });
    send(socket, subscribe(RANKING));
    expect((await messages.next()).value).toMatchObject({ id: 'one', type: 'next' });
    expect(await untilClosed(socket)).toEqual([4401, 'Token expired']);
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(z.number().parse(decodeJwt(token).exp) - 0.01);
  });

  test('when it does not answer pings, and stays open when it does', async () => {
    const [alive, unresponsive] = [await openSocket(), await openSocket(undefined, { autoPong: false })];
    send(alive, INIT);
    send(unresponsive, INIT);
    const pings = on(alive, 'ping');
    expect(await untilClosed(unresponsive)).toEqual([1006, '']);
    await pings.next();
    await pings.next();
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });
});

/** Issues a token of the player that expires after 2 s. */
function issueShortToken(): Promise<string> {
  const { sid } = decodeJwt<{ sid: string }>(player.token);
  const secrets = [app.processEnv.AUTH_SECRET ?? ''] as const;
  const tokens = createAccessTokens({ secrets, accessTokenSeconds: 2 });
  return tokens.issue({ playerId: toRowId(player.id), sessionId: sid });
}

describe('a socket', () => {
  test('answers a ping with a pong', async () => {
    const socket = await openSocket();
    const messages = await initialise(socket);
    send(socket, { type: 'ping' });
    expect((await messages.next()).value).toEqual({ type: 'pong' });
  });

  test.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ secret }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a mutation without a token', 'mutation { updateProfile(input: {}) { __typename } }', 'UNAUTHENTICATED'],
  ])('returns the error of %s as over HTTP, and stays open', async (_, query, code) => {
    const socket = await openSocket();
    const messages = await initialise(socket);
    send(socket, subscribe(query, 'bad'));
    const { value } = await messages.next();
    expect(value).toMatchObject({ id: 'bad', type: expect.stringMatching(/^(error|next)$/) });
    const [error] = ERRORS.parse(value);
    expect(error?.extensions).toEqual({ code, requestId: expect.stringMatching(/^[\da-f-]{36}$/) });
    send(socket, subscribe('{ contest { phase } }', 'good'));
    for await (const message of messages) {
      const { id } = z.looseObject({ id: z.string() }).parse(message);
      if (id !== 'good') continue;
      expect(message).toMatchObject({ type: 'next', payload: { data: { contest: { phase: 'OPEN' } } } });
      break;
    }
  });

  test('is reopened by its client after a disconnect and continues with the current state', async () => {
    await using relay = await openTcpRelay(app.url);
    const reopened = Promise.withResolvers<void>();
    let connections = 0;
    const client = createClient({
      url: `${relay.url.replace('http', 'ws')}graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 5,
      shouldRetry: () => true,
      retryWait: () => reopened.promise,
      on: { connected: () => (connections += 1) },
    });
    onTestFinished(() => client.dispose());
    const events = client.iterate({ query: RANKING });
    expect((await events.next()).value).toMatchObject(votes(0));
    relay.close();
    await castVote(app, await createUser(app), videoId);
    await waitForLeaderboard(app);
    await relay.open();
    reopened.resolve();
    expect((await events.next()).value).toMatchObject(votes(1));
    expect(connections).toBe(2);
  });
});

const votes = (count: number) => ({ data: { rankingChanged: { entries: [{ votes: count }] } } });
const ERROR = z.array(z.object({ extensions: z.looseObject({}) }));
const ERRORS = z
  .object({ payload: z.union([ERROR, z.object({ errors: ERROR })]) })
  .transform(({ payload }) => (Array.isArray(payload) ? payload : payload.errors));
