import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { inSpan } from '../observability/tracing.ts';

/** How long a subscriber waits for Redis to acknowledge before it goes on without: it will be woken by the clock. */
const ACKNOWLEDGE_MILLISECONDS = 1000;
const SUBSCRIBE_AGAIN_MILLISECONDS = 100;
/** How often subscribers are told to look for themselves while Redis is away. */
const BLIND_MILLISECONDS = 2000;

/** One kind of event: where it is sent and what it carries. */
export interface Channel<Payload> {
  /** The Redis channel of one subject, or of all. */
  topic: (subject: string) => string;
  payload: z.ZodType<Payload>;
}

/** Calls back with each event, and with null when events may have been missed and the truth must be read again. */
export type Listener<Payload> = (event: Payload | null) => void;

/** Tells every process that something changed. Events may be lost; what they are about is in the database. */
export interface EventBus {
  /**
   * Resolves when sent; never rejects, as a lost event must not fail the work it reports. While Redis is away the latest
   * event of each topic is kept and sent when it is back.
   */
  publish<Payload>(channel: Channel<Payload>, subject: string, payload: Payload): Promise<void>;
  /** Resolves once Redis has acknowledged, so that no later event is missed; then call the result to stop. */
  subscribe<Payload>(
    channel: Channel<Payload>,
    subject: string,
    listener: Listener<Payload>,
  ): Promise<() => void>;
  close(): void;
}

/** An {@link EventBus} over Redis pub/sub: two connections a process, whatever the number of subscribers. */
export function openEventBus(connections: { publisher: Redis; subscriber: Redis }, logger: Logger): EventBus {
  const { publisher, subscriber } = connections;
  const pubsub = new RedisPubSub({ publisher, subscriber: withoutRejections(subscriber, logger) });
  const listeners = new Set<Listener<never>>();
  const unsent = new Map<string, unknown>();

  const send = async (topic: string, payload: unknown) => {
    try {
      await pubsub.publish(topic, payload);
    } catch (error) {
      unsent.set(topic, payload);
      logger.debug({ err: error, topic }, 'event not sent yet');
    }
  };
  // Subscribers elsewhere may have been connected again, and have looked, before this publisher is.
  const sendAgain = () => {
    const events = [...unsent];
    unsent.clear();
    for (const [topic, payload] of events) void send(topic, payload);
  };
  publisher.on('ready', sendAgain);

  const everybodyLooksAgain = () => {
    for (const listener of listeners) listener(null);
  };
  // ioredis has subscribed again by the time it says `ready`; what was published before that is lost.
  subscriber.on('ready', everybodyLooksAgain);
  const blind = setInterval(() => {
    if (subscriber.status !== 'ready') everybodyLooksAgain();
  }, BLIND_MILLISECONDS);
  blind.unref();

  return {
    publish(channel, subject, payload) {
      const topic = channel.topic(subject);
      return inSpan('publish event', { 'messaging.destination.name': topic }, () => send(topic, payload));
    },

    async subscribe(channel, subject, listener) {
      const topic = channel.topic(subject);
      const acknowledged = pubsub.subscribe(topic, (message: unknown) => {
        const event = channel.payload.safeParse(message);
        if (!event.success) logger.warn({ topic, err: event.error }, 'event of an unknown form');
        listener(event.data ?? null);
      });
      listeners.add(listener);
      const stop = () => {
        listeners.delete(listener);
        acknowledged.then(
          id => pubsub.unsubscribe(id),
          error => logger.warn({ err: error, topic }, 'subscription was never acknowledged'),
        );
      };
      await Promise.race([acknowledged, after(ACKNOWLEDGE_MILLISECONDS)]);
      return stop;
    },

    close() {
      clearInterval(blind);
      publisher.off('ready', sendAgain);
      subscriber.off('ready', everybodyLooksAgain);
    },
  };
}

/**
 * RedisPubSub drops the promises of what it asks of its subscriber, and a rejection that nobody hears would end the process:
 * farewells may fail, subscriptions are tried until they are taken.
 */
function withoutRejections(subscriber: Redis, logger: Logger): Redis {
  const hear = (farewell: Promise<unknown>) =>
    farewell.catch(error => logger.debug({ err: error }, 'the connection ended before a subscription did'));
  const subscribe = async (topic: string, taken: (error: null) => void): Promise<void> => {
    while (subscriber.status !== 'end') {
      try {
        await subscriber.subscribe(topic);
        return taken(null);
      } catch (error) {
        logger.debug({ err: error, topic }, 'subscription not taken yet');
        await after(SUBSCRIBE_AGAIN_MILLISECONDS);
      }
    }
  };
  return new Proxy(subscriber, {
    get(redis, name) {
      if (name === 'subscribe') return subscribe;
      if (name === 'unsubscribe') return (...topics: string[]) => hear(redis.unsubscribe(...topics));
      if (name === 'punsubscribe') return (...topics: string[]) => hear(redis.punsubscribe(...topics));
      return Reflect.get(redis, name, redis);
    },
  });
}

function after(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds).unref();
  return promise;
}
