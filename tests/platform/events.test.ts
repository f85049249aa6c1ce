import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { type Channel, type EventBus, openEventBus } from '../../src/platform/pubsub/event-bus.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';
import { openTcpRelay } from '../kit/services/tcp-relay.ts';

const logger = createLogger({ level: 'silent' }, { process: 'test' });
const scored: Channel<{ points: number }> = {
  topic: game => `game:${game}`,
  payload: z.object({ points: z.int() }),
};

let redis: TestRedis;
let plain: Redis;
beforeAll(async () => {
  redis = await startRedis();
  plain = openRedis(redis.url, 'worker', logger);
});
afterAll(async () => {
  plain?.disconnect();
  await redis?.stop();
});

const opened: { bus: EventBus; connections: Redis[] }[] = [];
afterEach(() => {
  for (const { bus, connections } of opened.splice(0)) {
    bus.close();
    for (const connection of connections) connection.disconnect();
  }
});

async function openBus(publisherUrl = redis.url): Promise<{ bus: EventBus; connections: Redis[] }> {
  const publisher = openRedis(publisherUrl, 'command', logger);
  const subscriber = openRedis(redis.url, 'subscriber', logger);
  const one = { bus: openEventBus({ publisher, subscriber }, logger), connections: [publisher, subscriber] };
  opened.push(one);
  await expect.poll(() => [publisher.status, subscriber.status]).toEqual(['ready', 'ready']);
  return one;
}

/** Creates a listener that records its events. */
function createListener() {
  const received: ({ points: number } | null)[] = [];
  return { received, listen: (event: { points: number } | null) => void received.push(event) };
}

const countSubscribers = async (game: string) => (await plain.pubsub('NUMSUB', scored.topic(game)))[1];

test('an event reaches every subscriber of its topic in every process, and no other', async () => {
  const [{ bus }, { bus: elsewhere }] = [await openBus(), await openBus()];
  const [here, there, other] = [createListener(), createListener(), createListener()];
  await bus.subscribe(scored, 'final', here.listen);
  await elsewhere.subscribe(scored, 'final', there.listen);
  await elsewhere.subscribe(scored, 'friendly', other.listen);
  await bus.publish(scored, 'final', { points: 3 });
  await expect.poll(() => [here.received, there.received]).toEqual([[{ points: 3 }], [{ points: 3 }]]);
  expect(other.received).toEqual([]);
});

test('no event after the acknowledgement of a subscription is missed', async () => {
  const { bus } = await openBus();
  const { received, listen } = createListener();
  await bus.subscribe(scored, 'opening', listen);
  await plain.publish(scored.topic('opening'), '{"points":2}');
  await expect.poll(() => received).toEqual([{ points: 2 }]);
});

test('an invalid message makes its listener read the state', async () => {
  const { bus } = await openBus();
  const { received, listen } = createListener();
  await bus.subscribe(scored, 'invalid', listen);
  await plain.publish(scored.topic('invalid'), '{"points":"many"}');
  await plain.publish(scored.topic('invalid'), 'no JSON');
  await expect.poll(() => received).toEqual([null, null]);
});

test('a topic has one Redis subscription for all subscribers, and none after the last one', async () => {
  const { bus } = await openBus();
  const [one, two] = [createListener(), createListener()];
  const stops = await Promise.all(
    [one, two].map(({ listen }) => bus.subscribe(scored, 'subscribers', listen)),
  );
  expect(await countSubscribers('subscribers')).toBe(1);
  stops[0]?.();
  await bus.publish(scored, 'subscribers', { points: 1 });
  await expect.poll(() => two.received).toEqual([{ points: 1 }]);
  expect(one.received).toEqual([]);
  stops[1]?.();
  await expect.poll(() => countSubscribers('subscribers')).toBe(0);
});

test('concurrent subscriptions and unsubscriptions of a topic lose no subscriber', async () => {
  const { bus } = await openBus();
  const last = createListener();
  await Promise.all(
    Array.from({ length: 50 }, async () =>
      (await bus.subscribe(scored, 'concurrent', createListener().listen))(),
    ),
  );
  await bus.subscribe(scored, 'concurrent', last.listen);
  await plain.publish(scored.topic('concurrent'), '{"points":1}');
  await expect.poll(() => last.received).toEqual([{ points: 1 }]);
});

test('the last unsent event is sent when the publisher reconnects', async () => {
  await using relay = await openTcpRelay(redis.url);
  const { bus, connections } = await openBus(relay.url);
  const { bus: elsewhere } = await openBus();
  const { received, listen } = createListener();
  await elsewhere.subscribe(scored, 'disconnected', listen);
  relay.close();
  await expect.poll(() => connections[0]?.status).not.toBe('ready');
  await bus.publish(scored, 'disconnected', { points: 1 });
  await bus.publish(scored, 'disconnected', { points: 2 });
  await relay.open();
  await expect.poll(() => received).toEqual([{ points: 2 }]);
});

test('an outage makes every subscriber read the state, and events arrive again after it', async () => {
  const { bus } = await openBus();
  const { received, listen } = createListener();
  await bus.subscribe(scored, 'outage', listen);
  await redis.stop();
  await expect.poll(() => received.length).toBeGreaterThan(0);
  const late = createListener();
  const stop = await bus.subscribe(scored, 'late', late.listen);
  stop();
  await redis.start();
  await expect.poll(() => countSubscribers('outage')).toBe(1);
  expect(received.at(-1)).toBeNull();
  await expect.poll(() => countSubscribers('late')).toBe(0);
  await plain.publish(scored.topic('outage'), '{"points":9}');
  await expect.poll(() => received.at(-1)).toEqual({ points: 9 });
});

test('an unsubscription during a Redis outage does not end the process', async () => {
  const { bus, connections } = await openBus();
  const stop = await bus.subscribe(scored, 'unsubscribed', createListener().listen);
  connections[1]?.disconnect(true);
  stop();
  bus.close();
  for (const connection of connections) connection.disconnect();
  // An unhandled rejection would fail this run.
  await expect.poll(() => connections[1]?.status).toBe('end');
});

test('a subscription that begins during a reconnection is kept', async () => {
  const { bus, connections } = await openBus();
  const [, subscriber] = connections;
  const begun = Promise.withResolvers<void>();
  const { received, listen } = createListener();
  // Redis acknowledges the subscription before ioredis knows that Redis is ready.
  subscriber?.once('connect', () =>
    begun.resolve(bus.subscribe(scored, 'reconnected', listen).then(() => undefined)),
  );
  subscriber?.stream.destroy();
  await begun.promise;
  await expect.poll(() => subscriber?.status).toBe('ready');
  await expect.poll(() => countSubscribers('reconnected')).toBe(1);
  await plain.publish(scored.topic('reconnected'), '{"points":1}');
  await expect.poll(() => received).toContainEqual({ points: 1 });
});

test('a failed subscription is retried until it succeeds', async () => {
  const { bus, connections } = await openBus();
  const [, subscriber] = connections;
  const { received, listen } = createListener();
  const subscribing = bus.subscribe(scored, 'postponed', listen);
  // ioredis rejects queued commands when it abandons a connection.
  subscriber?.disconnect(true);
  await subscribing;
  await expect.poll(() => countSubscribers('postponed')).toBe(1);
  await plain.publish(scored.topic('postponed'), '{"points":1}');
  await expect.poll(() => received).toContainEqual({ points: 1 });
});
