import { type Client, createClient } from 'graphql-ws';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { deleteVideo } from '../../../src/videos/delete-video.ts';
import { toRenditionKeys } from '../../../src/videos/files/video-files.ts';
import { type Claim, claimVideo } from '../../../src/videos/processing/claim-video.ts';
import { completeVideo, recordProgress } from '../../../src/videos/processing/record-processing.ts';
import type { VideoStatusSubscription } from '../../gql/graphql.ts';
import { VideoStatusDocument } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { StatusEvent, TestPlayer } from '../../kit/api/client.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';
import { openProcessingDeps } from '../../kit/contest/processing-deps.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo } from '../../kit/contest/videos.ts';

const silent = createLogger({ level: 'silent' }, {});

let app: App;
let processing: Awaited<ReturnType<typeof openProcessingDeps>>;
let redis: Redis;
let player: TestPlayer;
beforeAll(async () => {
  app = await startApp();
  processing = await openProcessingDeps(app);
  redis = new Redis(app.redis.url);
  player = await app.signUp();
});
afterAll(async () => {
  redis?.disconnect();
  await processing?.[Symbol.asyncDispose]();
  await app?.stop();
});

type Caller = { token?: string };
type Subscribe = (videoId: string, caller: Caller) => AsyncGenerator<StatusEvent>;

const socketClient = (caller: Caller): Client & Disposable => {
  const client = createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(caller.token && { connectionParams: { authorization: `Bearer ${caller.token}` } }),
  });
  return Object.assign(client, { [Symbol.dispose]: () => void client.dispose() });
};
const operation = (videoId: string) => ({ query: VideoStatusDocument.toString(), variables: { videoId } });

async function* subscribeByWebSocket(videoId: string, caller: Caller): AsyncGenerator<StatusEvent> {
  using client = socketClient(caller);
  for await (const { data, errors } of client.iterate<VideoStatusSubscription>(operation(videoId))) {
    if (!data) throw new Error(JSON.stringify(errors));
    yield data.videoStatus;
  }
}

const countSubscribers = async (videoId: string) => {
  const [, count] = await redis.pubsub('NUMSUB', `video:${toRowId(videoId)}`);
  return Number(count);
};
const claim = async (videoId: string): Promise<Claim> => {
  const claimed = await claimVideo(processing, toRowId(videoId), { leaseSeconds: 60, maxWorkerDeaths: 2 });
  if (claimed === null) throw new Error('The video cannot be claimed');
  return claimed;
};
const complete = (claimed: Claim) =>
  completeVideo(processing, claimed, {
    ...toRenditionKeys(claimed.videoId, claimed.attempt),
    durationSeconds: 7,
  });
const next = async (events: AsyncGenerator<StatusEvent>) => (await events.next()).value;

describe.each<{ transport: string; subscribe: Subscribe; expectedError: object }>([
  {
    transport: 'SSE',
    subscribe: (videoId, caller) => app.subscribeToVideo(videoId, caller),
    expectedError: { message: expect.stringContaining('Connection closed') },
  },
  { transport: 'WebSocket', subscribe: subscribeByWebSocket, expectedError: { code: 4401 } },
])('subscribing to a video over $transport', ({ subscribe, expectedError }) => {
  test('sends the current state, then each change, and completes when the video is processed', async () => {
    const videoId = await insertVideo(app.database, player);
    const events = subscribe(videoId, player);
    expect(await next(events)).toMatchObject({
      status: 'UPLOADED',
      phase: 'QUEUED',
      percent: 0,
      sequence: 0,
      attempt: 0,
      maxAttempts: 3,
      queuePosition: expect.any(Number),
      failure: null,
    });
    const claimed = await claim(videoId);
    expect(await next(events)).toMatchObject({
      status: 'PROCESSING',
      phase: 'INSPECTING',
      attempt: 1,
      queuePosition: null,
    });
    for (const [percent, shown] of [
      [40, 40],
      [30, 40],
      [70.5, 70.5],
    ] as const) {
      await recordProgress(processing, claimed, { phase: 'RENDERING', percent }, 60);
      expect(await next(events)).toMatchObject({ phase: 'RENDERING', percent: shown });
    }
    await complete(claimed);
    expect(await next(events)).toMatchObject({
      status: 'PROCESSED',
      phase: null,
      percent: 100,
      sequence: expect.any(Number),
      video: { status: 'PROCESSED', processedUrl: expect.stringContaining('/clip.mp4') },
    });
    expect(await events.next()).toMatchObject({ done: true });
    await waitForCondition(async () => (await countSubscribers(videoId)) === 0);
  });

  test('sends a late subscriber the final state and completes', async () => {
    const videoId = await insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_SHORT' });
    const events = await Array.fromAsync(subscribe(videoId, player));
    expect(events).toMatchObject([{ status: 'FAILED', failure: { reason: 'TOO_SHORT' } }]);
  });

  test('is allowed for everyone once the video is published, and before only for its player', async () => {
    const [waiting, published] = [
      await insertVideo(app.database, player),
      await insertVideo(app.database, player, { status: 'PROCESSED' }),
    ];
    for (const caller of [{}, await app.signUp()]) {
      await expect(Array.fromAsync(subscribe(waiting, caller))).rejects.toThrow('FORBIDDEN');
      expect(await Array.fromAsync(subscribe(published, caller))).toMatchObject([{ status: 'PROCESSED' }]);
    }
    expect(await countSubscribers(waiting)).toBe(0);
  });

  test('completes when the video is deleted', async () => {
    const videoId = await insertVideo(app.database, player);
    const events = subscribe(videoId, player);
    await next(events);
    const storage = await openLocalStorage(app.storageDir);
    await deleteVideo(
      { ...processing, em: processing.em, storage, logger: silent },
      toRowId(player.id),
      toRowId(videoId),
    );
    expect(await events.next()).toMatchObject({ done: true });
  });

  test('unsubscribes from Redis when the last client disconnects', async () => {
    const videoId = await insertVideo(app.database, player);
    const subscriptions = [subscribe(videoId, player), subscribe(videoId, player)];
    for (const events of subscriptions) await next(events);
    expect(await countSubscribers(videoId)).toBe(1);
    for (const events of subscriptions) await events.return(undefined);
    await waitForCondition(async () => (await countSubscribers(videoId)) === 0);
  });

  test('ends when the access token expires', async () => {
    const { sid } = decodeJwt<{ sid: string }>(player.token);
    const tokens = createAccessTokens({ secrets: [app.processEnv.AUTH_SECRET ?? ''], accessTokenSeconds: 2 });
    const token = await tokens.issue({ playerId: toRowId(player.id), sessionId: sid });
    const videoId = await insertVideo(app.database, player);
    const events = subscribe(videoId, { token });
    await next(events);
    // The stream is cut off so that its client reconnects and receives the error; the socket closes as
    // unauthorised.
    await expect(events.next()).rejects.toMatchObject(expectedError);
    await waitForCondition(async () => (await countSubscribers(videoId)) === 0);
  });
});

describe('a socket', () => {
  test('returns the errors of an invalid document and continues its other operations', async () => {
    using client = socketClient(player);
    const videoId = await insertVideo(app.database, player);
    const events = client.iterate<VideoStatusSubscription>(operation(videoId));
    await events.next();
    for (const query of ['subscription {', '{ nothing }', `{ ${'a: __typename '.repeat(16)} }`]) {
      const faulty = client.iterate({ query });
      await expect(faulty.next(), query).rejects.toMatchObject([
        { message: expect.any(String), extensions: { code: expect.any(String) } },
      ]);
    }
    await claim(videoId);
    expect((await events.next()).value?.data?.videoStatus.status).toBe('PROCESSING');
  });

  test('ends an operation that its client completes, and stays open', async () => {
    using client = socketClient(player);
    const videoId = await insertVideo(app.database, player);
    const events = client.iterate<VideoStatusSubscription>(operation(videoId));
    await events.next();
    expect(await countSubscribers(videoId)).toBe(1);
    await events.return?.();
    await waitForCondition(async () => (await countSubscribers(videoId)) === 0);
    const result = await client.iterate<{ me: { email: string } }>({ query: '{ me { email } }' }).next();
    expect(result.value?.data?.me.email).toBe(player.email);
  });

  test.each([
    ['a forged token', { authorization: 'Bearer forged' }],
    ['another scheme than Bearer', { authorization: 'Basic cGxheWVyOnBhc3M=' }],
    ['a number', { authorization: 42 }],
  ])('with %s as authorization is closed with 4401', async (_, connectionParams) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>(resolve => socket.once('close', resolve));
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: connectionParams })),
    );
    expect(await closed).toBe(4401);
  });

  test('is closed with 1009 by a message over 64 KiB', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>(resolve => socket.once('close', resolve));
    socket.once('open', () => socket.send('x'.repeat(64 * 1024 + 1)));
    expect(await closed).toBe(1009);
  });
});
