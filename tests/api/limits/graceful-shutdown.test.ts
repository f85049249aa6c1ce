import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { MachineClock } from '../../../scripts/process/machine-clock.mjs';
import { hasErrorCode } from '../../../src/platform/process/system-errors.ts';
import { graphql } from '../../gql/gql.ts';
import { CastVoteDocument, UploadVideoDocument } from '../../gql/graphql.ts';
import { type ApiProcess, startApiProcess } from '../../kit/api/api-process.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createClient } from '../../kit/api/client.ts';
import { BOUNDARY, createMultipartUpload, waitForCondition } from '../../kit/api/multipart.ts';
import {
  openReconnectingSocket,
  openReconnectingSse,
  type ReconnectingSubscription,
} from '../../kit/api/reconnecting-subscriptions.ts';
import { createUser, NO_LIMITS } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { listStoredFiles, publishVideo } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';
import { type Balancer, openBalancer } from '../../kit/services/balancer.ts';
import { openTcpRelay, type TcpRelay } from '../../kit/services/tcp-relay.ts';

const VOTES = graphql(`
  subscription VotesLive { rankingChanged(top: 1) { entries { votes } } }
`).toString();
const EVENT = z.object({
  rankingChanged: z.object({ entries: z.tuple([z.object({ votes: z.int() })]) }),
});
const VOTED = z.object({ castVote: z.object({ __typename: z.literal('Video') }) });

let app: App;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
});
afterAll(() => app?.stop());

describe('an API that receives SIGTERM', () => {
  let first: ApiProcess;
  let second: ApiProcess;
  let stores: [postgres: TcpRelay, redis: TcpRelay];
  let balancer: Balancer;
  let videoId: string;
  beforeAll(async () => {
    videoId = await publishVideo(app.database, await createUser(app));
    await waitForLeaderboard(app);
    stores = [await openTcpRelay(app.processEnv.DATABASE_URL ?? ''), await openTcpRelay(app.redis.url)];
    const [{ url: DATABASE_URL }, { url: REDIS_URL }] = stores;
    [first, second] = await Promise.all([
      startApiProcess(app, { SHUTDOWN_NOTICE_SECONDS: '3' }),
      startApiProcess(app, { DATABASE_URL, REDIS_URL, SHUTDOWN_GRACE_SECONDS: '3' }),
    ]);
    balancer = await openBalancer([first.url, second.url]);
  });
  afterAll(async () => {
    await balancer?.[Symbol.asyncDispose]();
    await first?.[Symbol.asyncDispose]();
    await second?.[Symbol.asyncDispose]();
    for (const relay of stores ?? []) await relay[Symbol.asyncDispose]();
  });

  test('completes running requests, and its subscribers continue on another API without missing an event', async () => {
    await using cleanup = new AsyncDisposableStack();
    const subscribers = [
      openReconnectingSse(balancer.url, VOTES),
      openReconnectingSocket(balancer.url, VOTES),
    ].map(({ events, ...subscriber }) => ({ ...subscriber, votes: readVotes(events) }));
    for (const { client } of subscribers) cleanup.defer(() => client.dispose());
    for (const { votes } of subscribers) expect(await votes.next()).toBe(0);

    const uploading = beginUpload(balancer.url, (await app.signUp()).token);
    const [voter, socketVoter, lateVoter] = [
      await createUser(app),
      await createUser(app),
      await createUser(app),
    ];
    const release = await lockVideo();
    const vote = postVote(balancer.url, voter.token);
    const socketVote = voteBySocket(balancer.url, socketVoter.token, cleanup);
    await waitForCondition(hasWaitingVotes, 20);

    const idleConnection = connect(Number(new URL(first.url).port), '127.0.0.1');
    cleanup.defer(() => void idleConnection.destroy());
    await once(idleConnection, 'connect');
    const idleClosed = once(idleConnection, 'close');

    first.kill('SIGTERM');
    await waitForCondition(async () => (await fetch(`${first.url}/ready`)).status === 503);
    expect((await createClient(first.url).graphql('{ __typename }')).headers.get('connection')).toBe('close');
    // After the notice period the API refuses connections and closes subscriptions.
    await waitForCondition(() => refusesConnections(first.url), 20);
    for (const { reconnected } of subscribers) await reconnected;
    // An unused connection would delay the stop by the request timeout.
    await idleClosed;
    await release();
    const { connection, body } = await vote;
    expect(connection).toBe('close');
    VOTED.parse(body.data);
    VOTED.parse(await socketVote);
    expect(await uploading.finish()).toMatchObject({
      uploadVideo: { __typename: 'Video', status: 'UPLOADED' },
    });
    expect(await first.ended).toBe(0);

    // The first two votes may precede the reconnection; the third is cast through the other API.
    await castVote(createClient(balancer.url), lateVoter, videoId);
    for (const { votes } of subscribers) {
      const seen = [await votes.next()];
      while (seen.at(-1) !== 3) seen.push(await votes.next());
      expect(seen).toEqual(seen.toSorted());
    }
  });

  test('exits within its grace period with unresponsive clients and without Redis and Postgres', async () => {
    await using cleanup = new AsyncDisposableStack();
    const { port } = new URL(second.url);
    const open = async (...lines: string[]) => {
      const socket = connect(Number(port), '127.0.0.1');
      cleanup.defer(() => void socket.destroy());
      socket.on('error', () => socket.destroy());
      socket.write([...lines, '', ''].join('\r\n'));
      await once(socket, 'readable');
    };
    const host = 'Host: localhost';
    // Unresponsive clients: an event stream, a WebSocket, an idle keep-alive connection and half an upload.
    await open(`GET /graphql?query=${encodeURIComponent(VOTES)} HTTP/1.1`, host, 'Accept: text/event-stream');
    await open(
      ...['GET /graphql HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket'],
      ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
      'Sec-WebSocket-Protocol: graphql-transport-ws',
    );
    await open('GET /health HTTP/1.1', host);
    const { sent } = beginUpload(second.url, (await app.signUp()).token);
    const { promise: cutOff, resolve } = Promise.withResolvers<Error>();
    sent.on('error', resolve);
    await waitForCondition(
      async () => (await listStoredFiles(app)).some(path => path.startsWith('temp/')),
      20,
    );
    for (const store of stores) store.close();

    using clock = new MachineClock();
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    // More than twice the grace period. An open connection would keep the process running without limit.
    expect(clock.seconds).toBeLessThan(10);
    expect(await cutOff).toMatchObject({ code: 'ECONNRESET' });
  });

  /** Locks the video so that votes wait; the returned function releases the lock. */
  async function lockVideo(): Promise<() => Promise<void>> {
    const em = app.database.em.fork();
    await em.begin();
    await em.execute('select 1 from videos where id = ? for update', [toRowId(videoId)]);
    return () => em.commit();
  }

  async function hasWaitingVotes(): Promise<boolean> {
    const waiting = await app.database.em
      .fork()
      .execute(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
    return waiting.length > 0;
  }

  async function postVote(url: string, token: string) {
    const sent = request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
    sent.end(JSON.stringify({ query: CastVoteDocument.toString(), variables: { videoId } }));
    const response = await readResponse(sent);
    return { connection: response.headers.connection, body: JSON.parse(await text(response)) };
  }

  async function voteBySocket(url: string, token: string, cleanup: AsyncDisposableStack) {
    const client = createSocketClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    cleanup.defer(() => client.dispose());
    const results = client.iterate({ query: CastVoteDocument.toString(), variables: { videoId } });
    return (await results.next()).value?.data;
  }
});

/** Sends the first part of an upload; `finish` sends the rest and returns the data of the response. */
function beginUpload(url: string, token: string) {
  const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
  const body = createMultipartUpload(
    { query: UploadVideoDocument.toString(), variables: { input: { title: 'Crossover', file: null } } },
    Buffer.concat([head, Buffer.alloc(200_000)]),
    'variables.input.file',
  );
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'x-graphql-yoga-csrf': '1',
    },
  });
  sent.write(body.subarray(0, 150_000));
  return {
    sent,
    async finish() {
      sent.end(body.subarray(150_000));
      return JSON.parse(await text(await readResponse(sent))).data;
    },
  };
}

async function readResponse(sent: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(sent, 'response');
  return response;
}

async function refusesConnections(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return hasErrorCode(error, 'ECONNREFUSED');
  } finally {
    socket.destroy();
  }
}

/** Iterates over the votes of the top entry. */
function readVotes(events: ReconnectingSubscription['events']) {
  return {
    async next(): Promise<number> {
      const { done, value } = await events.next();
      if (done) throw new Error('The subscription has ended');
      return EVENT.parse(value.data).rankingChanged.entries[0].votes;
    },
  };
}
