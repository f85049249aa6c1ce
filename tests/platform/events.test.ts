import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { type Channel, type EventBus, openEventBus } from '../../src/platform/pubsub/event-bus.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { startRedis, type TestRedis } from '../kit/services/services.ts';
import { openGate } from '../kit/services/tcp-relay.ts';

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

/** A listener that remembers what it heard. */
function ear() {
  const heard: ({ points: number } | null)[] = [];
  return { heard, listen: (event: { points: number } | null) => void heard.push(event) };
}

const subscribersOf = async (game: string) => (await plain.pubsub('NUMSUB', scored.topic(game)))[1];

test('an event reaches every subscriber of its subject in every process, and no other', async () => {
  const [{ bus }, { bus: elsewhere }] = [await openBus(), await openBus()];
  const [here, there, other] = [ear(), ear(), ear()];
  await bus.subscribe(scored, 'final', here.listen);
  await elsewhere.subscribe(scored, 'final', there.listen);
  await elsewhere.subscribe(scored, 'friendly', other.listen);
  await bus.publish(scored, 'final', { points: 3 });
  await expect.poll(() => [here.heard, there.heard]).toEqual([[{ points: 3 }], [{ points: 3 }]]);
  expect(other.heard).toEqual([]);
});

test('nothing published after a subscription is acknowledged is missed', async () => {
  const { bus } = await openBus();
  const { heard, listen } = ear();
  await bus.subscribe(scored, 'opening', listen);
  await plain.publish(scored.topic('opening'), '{"points":2}');
  await expect.poll(() => heard).toEqual([{ points: 2 }]);
});

test('a message of another form makes its listener look for itself', async () => {
  const { bus } = await openBus();
  const { heard, listen } = ear();
  await bus.subscribe(scored, 'odd', listen);
  await plain.publish(scored.topic('odd'), '{"points":"many"}');
  await plain.publish(scored.topic('odd'), 'no JSON');
  await expect.poll(() => heard).toEqual([null, null]);
});

test('Redis is asked once for all subscribers of a subject, and for none when they have left', async () => {
  const { bus } = await openBus();
  const [one, two] = [ear(), ear()];
  const stops = await Promise.all([one, two].map(({ listen }) => bus.subscribe(scored, 'crowd', listen)));
  expect(await subscribersOf('crowd')).toBe(1);
  stops[0]?.();
  await bus.publish(scored, 'crowd', { points: 1 });
  await expect.poll(() => two.heard).toEqual([{ points: 1 }]);
  expect(one.heard).toEqual([]);
  stops[1]?.();
  await expect.poll(() => subscribersOf('crowd')).toBe(0);
});

test('subscribers of different subjects come and go at once without losing one another', async () => {
  const { bus } = await openBus();
  const last = ear();
  await Promise.all(
    Array.from({ length: 50 }, async () => (await bus.subscribe(scored, 'rush', ear().listen))()),
  );
  await bus.subscribe(scored, 'rush', last.listen);
  await plain.publish(scored.topic('rush'), '{"points":1}');
  await expect.poll(() => last.heard).toEqual([{ points: 1 }]);
});

test('an event that could not be sent is sent when the publisher is connected again', async () => {
  await using gate = await openGate(redis.url);
  const { bus, connections } = await openBus(gate.url);
  const { bus: elsewhere } = await openBus();
  const { heard, listen } = ear();
  await elsewhere.subscribe(scored, 'cut off', listen);
  gate.close();
  await expect.poll(() => connections[0]?.status).not.toBe('ready');
  await bus.publish(scored, 'cut off', { points: 1 });
  await bus.publish(scored, 'cut off', { points: 2 });
  await gate.open();
  await expect.poll(() => heard).toEqual([{ points: 2 }]);
});

test('an outage makes every subscriber look for itself, during it and after it, and events come again', async () => {
  const { bus } = await openBus();
  const { heard, listen } = ear();
  await bus.subscribe(scored, 'outage', listen);
  await redis.stop();
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  const late = ear();
  const stop = await bus.subscribe(scored, 'late', late.listen);
  stop();
  await redis.start();
  await expect.poll(() => subscribersOf('outage')).toBe(1);
  expect(heard.at(-1)).toBeNull();
  await expect.poll(() => subscribersOf('late')).toBe(0);
  await plain.publish(scored.topic('outage'), '{"points":9}');
  await expect.poll(() => heard.at(-1)).toEqual({ points: 9 });
});

test('subscribers that leave while Redis is away do not end the process when it stops', async () => {
  const { bus, connections } = await openBus();
  const stop = await bus.subscribe(scored, 'farewell', ear().listen);
  connections[1]?.disconnect(true);
  stop();
  bus.close();
  for (const connection of connections) connection.disconnect();
  // A rejection that nobody hears would fail this run.
  await expect.poll(() => connections[1]?.status).toBe('end');
});

test('a subscription that begins while the connection is being made again is kept', async () => {
  const { bus, connections } = await openBus();
  const [, subscriber] = connections;
  const begun = Promise.withResolvers<void>();
  const { heard, listen } = ear();
  // Redis acknowledges it before ioredis has found out whether Redis is ready.
  subscriber?.once('connect', () =>
    begun.resolve(bus.subscribe(scored, 'reunion', listen).then(() => undefined)),
  );
  subscriber?.stream.destroy();
  await begun.promise;
  await expect.poll(() => subscriber?.status).toBe('ready');
  await expect.poll(() => subscribersOf('reunion')).toBe(1);
  await plain.publish(scored.topic('reunion'), '{"points":1}');
  await expect.poll(() => heard).toContainEqual({ points: 1 });
});

test('a subscription that Redis could not take is tried until it does', async () => {
  const { bus, connections } = await openBus();
  const [, subscriber] = connections;
  const { heard, listen } = ear();
  const taken = bus.subscribe(scored, 'postponed', listen);
  // As ioredis does with all that waits when it gives a connection up.
  subscriber?.disconnect(true);
  await taken;
  await expect.poll(() => subscribersOf('postponed')).toBe(1);
  await plain.publish(scored.topic('postponed'), '{"points":1}');
  await expect.poll(() => heard).toContainEqual({ points: 1 });
});
