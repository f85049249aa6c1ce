import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-sse';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { listenBySocket, listenBySse } from '../kit/api/listening.ts';
import { type Fan, gatherOne, projected, publishVideo } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { openBufferingProxy } from '../kit/services/buffering-proxy.ts';
import { openGate } from '../kit/services/tcp-relay.ts';

const RANKING = 'subscription { rankingChanged(top: 1) { entries { votes } } }';
const IDLE_MILLISECONDS = 1800;
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM = { accept: 'text/event-stream' };

let app: App;
let player: Fan;
let videoId: string;
let cast = 0;
beforeAll(async () => {
  app = await startApp({ PING_SECONDS: '1' });
  player = await gatherOne(app);
  videoId = await publishVideo(app.database, player);
  await projected(app);
});
afterAll(() => app?.stop());

async function vote(): Promise<void> {
  await castVote(app, await gatherOne(app), videoId);
  cast += 1;
}
const told = (count: number) => ({ data: { rankingChanged: { entries: [{ votes: count }] } } });
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
  ])('is opened by %s, and told to nobody’s cache, buffer or compressor', async (_method, open) => {
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
    expect(text).toBe(`:\n\nevent: next\ndata: ${JSON.stringify(told(cast))}\n\n`);
  });

  test('of a query is its answer, and the end', async () => {
    const response = await post('{ contest { phase } }');
    expect(await response.text()).toMatch(
      /^(:\n\n)*event: next\ndata: \{"data":\{"contest":\{"phase":"OPEN"\}\}.*\}\n\nevent: complete\ndata:\n\n$/,
    );
  });

  test.each([
    ['a token that is none', RANKING, { authorization: 'Bearer x' }, 401, 'UNAUTHENTICATED'],
    [
      'what is not to be followed',
      'subscription { videoStatus(videoId: "x") { phase } }',
      {},
      200,
      'BAD_USER_INPUT',
    ],
    ['an unknown field', 'subscription { secret }', {}, 200, 'GRAPHQL_VALIDATION_FAILED'],
  ])('is not opened for %s: the answer says why', async (_, query, headers, status, code) => {
    const response = await post(query, headers);
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.stringContaining(`"code":"${code}"`),
    ]);
  });

  test('that breaks is opened again by its client, which then hears what it has missed', async () => {
    await using gate = await openGate(app.url);
    const client = createClient({
      url: `${gate.url}graphql`,
      retryAttempts: 100,
      retry: async () => undefined,
    });
    onTestFinished(() => client.dispose());
    const events = client.iterate({ query: RANKING });
    expect((await events.next()).value).toEqual(told(cast));
    gate.close();
    await vote();
    await projected(app);
    await gate.open();
    expect((await events.next()).value).toEqual(told(cast));
  });

  test('ends with its token without saying that it is over: its client comes again with a new one', async () => {
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
    expect((await events.next()).value).toEqual(told(cast));
    // The state again, from the new stream.
    expect((await events.next()).value).toEqual(told(cast));
    expect(tokens).toEqual([]);
  });
});

describe('behind a proxy that buffers and cuts off what is silent', () => {
  test('other answers are held back, so that the proxy is one', async () => {
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
    ['an event stream', listenBySse],
    ['a socket', listenBySocket],
  ])('%s tells each event at once, and lives on through silence', async (_, listen) => {
    await using proxy = await openBufferingProxy(app.url, IDLE_MILLISECONDS);
    await using listening = await listen(proxy, { query: RANKING });
    expect(JSON.parse((await listening.next()) ?? '')).toMatchObject(told(cast));
    const next = listening.next();
    const silent = AbortSignal.timeout(2 * IDLE_MILLISECONDS);
    await once(silent, 'abort');
    await vote();
    expect(JSON.parse((await next) ?? '')).toMatchObject(told(cast));
  });
});
