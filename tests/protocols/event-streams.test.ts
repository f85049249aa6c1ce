import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-sse';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { subscribeBySse, subscribeByWebSocket } from '../kit/api/subscriptions.ts';
import { createUser, type TestUser } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { publishVideo } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';
import { openBufferingProxy } from '../kit/services/buffering-proxy.ts';
import { openTcpRelay } from '../kit/services/tcp-relay.ts';

const RANKING = 'subscription { rankingChanged(top: 1) { entries { votes } } }';
const IDLE_MILLISECONDS = 1800;
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM = { accept: 'text/event-stream' };

let app: App;
let player: TestUser;
let videoId: string;
let voteCount = 0;
beforeAll(async () => {
  app = await startApp({ PING_SECONDS: '1' });
  player = await createUser(app);
  videoId = await publishVideo(app.database, player);
  await waitForLeaderboard(app);
});
afterAll(() => app?.stop());

async function vote(): Promise<void> {
  await castVote(app, await createUser(app), videoId);
  voteCount += 1;
}
const toResult = (count: number) => ({ data: { rankingChanged: { entries: [{ votes: count }] } } });
const post = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...STREAM, ...headers },
    body: JSON.stringify({ query }),
  });

// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
describe('an event stream', () => {
  test.each([
    ['POST', () => post(RANKING, { 'accept-encoding': 'br, gzip' })],
    [
      'GET',
      () => fetch(`${app.url}/graphql?${new URLSearchParams({ query: RANKING })}`, { headers: STREAM }),
    ],
  ])('is opened by %s, with headers against caching, buffering and compression', async (_method, open) => {
    const response = await open();
    onTestFinished(() => response.body?.cancel());
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      200,
      expect.objectContaining({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      }),
    ]);
    expect(response.headers.get('content-encoding')).not.toMatch(/br|gzip|deflate/);
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += new TextDecoder().decode(bytes);
      if (text.includes('\n\nevent')) break;
    }
    expect(text).toBe(`:\n\nevent: next\ndata: ${JSON.stringify(toResult(voteCount))}\n\n`);
  });

  test('of a query contains its result and a complete event', async () => {
    const response = await post('{ contest { phase } }');
    expect(await response.text()).toMatch(
      /^(:\n\n)*event: next\ndata: \{"data":\{"contest":\{"phase":"OPEN"\}\}.*\}\n\nevent: complete\ndata:\n\n$/,
    );
  });

  test.each([
    ['an invalid token', RANKING, { authorization: 'Bearer x' }, 401, 'UNAUTHENTICATED'],
    ['an invalid id', 'subscription { videoStatus(videoId: "x") { phase } }', {}, 200, 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { secret }', {}, 200, 'GRAPHQL_VALIDATION_FAILED'],
  ])(
    'is not opened for %s; the response contains the error code',
    async (_, query, headers, status, code) => {
      const response = await post(query, headers);
      expect([response.status, await response.text()]).toEqual([
        status,
        expect.stringContaining(`"code":"${code}"`),
      ]);
    },
  );

  test('is reopened by its client after a disconnect and continues with the current state', async () => {
    await using relay = await openTcpRelay(app.url);
    const client = createClient({
      url: `${relay.url}graphql`,
      retryAttempts: 100,
      retry: async () => undefined,
    });
    onTestFinished(() => client.dispose());
    const events = client.iterate({ query: RANKING });
    expect((await events.next()).value).toEqual(toResult(voteCount));
    relay.close();
    await vote();
    await waitForLeaderboard(app);
    await relay.open();
    expect((await events.next()).value).toEqual(toResult(voteCount));
  });

  test('ends without a complete event when its token expires, and its client reconnects with a new token', async () => {
    const { sid } = decodeJwt<{ sid: string }>(player.token);
    const secrets = [app.processEnv.AUTH_SECRET ?? ''] as const;
    const shortLived = createAccessTokens({ secrets, accessTokenSeconds: 2 });
    const tokens = [await shortLived.issue({ playerId: toRowId(player.id), sessionId: sid }), player.token];
    const client = createClient({
      url: `${app.url}/graphql`,
      retryAttempts: 1,
      headers: () => ({ authorization: `Bearer ${tokens.shift()}` }),
    });
    onTestFinished(() => client.dispose());
    const events = client.iterate({ query: RANKING });
    expect((await events.next()).value).toEqual(toResult(voteCount));
    // The new stream begins with the current state.
    expect((await events.next()).value).toEqual(toResult(voteCount));
    expect(tokens).toEqual([]);
  });
});

describe('behind a proxy that buffers responses and closes idle connections', () => {
  test('other responses are buffered, which proves that the proxy works', async () => {
    const server = createServer((_request, response) => response.write('x')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    await using proxy = await openBufferingProxy(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      IDLE_MILLISECONDS,
    );
    await expect(fetch(proxy.url)).rejects.toThrow('fetch failed');
  });

  test.each([
    ['an event stream', subscribeBySse],
    ['a socket', subscribeByWebSocket],
  ])('%s delivers each event immediately and survives idle periods', async (_, subscribe) => {
    await using proxy = await openBufferingProxy(app.url, IDLE_MILLISECONDS);
    await using subscription = await subscribe(proxy, { query: RANKING });
    expect(JSON.parse((await subscription.next()) ?? '')).toMatchObject(toResult(voteCount));
    const next = subscription.next();
    const idle = AbortSignal.timeout(2 * IDLE_MILLISECONDS);
    await once(idle, 'abort');
    await vote();
    expect(JSON.parse((await next) ?? '')).toMatchObject(toResult(voteCount));
  });
});
