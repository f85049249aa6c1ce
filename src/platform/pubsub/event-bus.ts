import { setTimeout as pause } from 'node:timers/promises';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { TimeoutError, withTimeout } from '../concurrency/with-timeout.ts';
import type { Logger } from '../observability/logger.ts';
import { runInSpan } from '../observability/tracing.ts';

/** Maximum wait for Redis to acknowledge a subscription. Until then a timer calls the listener. */
const ACKNOWLEDGE_MILLISECONDS = 1000;
const SUBSCRIBE_RETRY_MILLISECONDS = 100;
/** Interval at which listeners are called while Redis is disconnected. */
const DISCONNECTED_MILLISECONDS = 2000;

/** One kind of event: its topic and its payload. */
export interface Channel<Payload> {
  /** Returns the Redis channel of one subject, or of all subjects. */
  topic: (subject: string) => string;
  payload: z.ZodType<Payload>;
}

/** Receives each event, and null when events may be lost and the state must be read again. */
export type Listener<Payload> = (event: Payload | null) => void;

/**
 * Publishes changes to all processes. Events may be lost, as the database has the state that they announce.
 */
export interface EventBus {
  /**
   * Resolves when the event is sent. Never rejects, as a lost event must not fail the announced work.
   * While Redis is disconnected, the latest event of each topic is stored and sent after the reconnection.
   */
  publish<Payload>(channel: Channel<Payload>, subject: string, payload: Payload): Promise<void>;
  /**
   * Resolves when Redis has acknowledged the subscription, so that no later event is missed. Returns a
   * function that unsubscribes.
   */
  subscribe<Payload>(
    channel: Channel<Payload>,
    subject: string,
    listener: Listener<Payload>,
  ): Promise<() => void>;
  close(): void;
}

/** Opens an {@link EventBus} on Redis pub/sub: two connections per process for any number of subscribers. */
export function openEventBus(connections: { publisher: Redis; subscriber: Redis }, logger: Logger): EventBus {
  const { publisher, subscriber } = connections;
  const pubsub = new RedisPubSub({ publisher, subscriber: withoutRejections(subscriber, logger) });
  const listeners = new Set<Listener<never>>();
  const retryBuffer = createRetryBuffer(publisher, pubsub, logger);

  const notifyAll = () => {
    for (const listener of listeners) listener(null);
  };
  const stopLossCheck = callAfterLoss(subscriber, notifyAll);

  return {
    publish(channel, subject, payload) {
      const topic = channel.topic(subject);
      return runInSpan('publish event', { 'messaging.destination.name': topic }, () =>
        retryBuffer.send(topic, payload),
      );
    },

    async subscribe(channel, subject, listener) {
      const topic = channel.topic(subject);
      const acknowledged = pubsub.subscribe(topic, (message: unknown) => {
        const event = channel.payload.safeParse(message);
        if (!event.success) logger.warn({ topic, err: event.error }, 'event payload invalid');
        listener(event.data ?? null);
      });
      listeners.add(listener);
      const unsubscribe = () => {
        listeners.delete(listener);
        acknowledged.then(
          id => pubsub.unsubscribe(id),
          error => logger.warn({ err: error, topic }, 'subscription not acknowledged'),
        );
      };
      try {
        await withTimeout(acknowledged, ACKNOWLEDGE_MILLISECONDS);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
      return unsubscribe;
    },

    close() {
      stopLossCheck();
      retryBuffer.close();
    },
  };
}

/** Calls `notify` when events may be lost: after a reconnection, and regularly while disconnected. */
function callAfterLoss(subscriber: Redis, notify: () => void): () => void {
  // On `ready` ioredis has already subscribed again; earlier events are lost.
  subscriber.on('ready', notify);
  const timer = setInterval(() => {
    if (subscriber.status !== 'ready') notify();
  }, DISCONNECTED_MILLISECONDS).unref();
  return () => {
    clearInterval(timer);
    subscriber.off('ready', notify);
  };
}

/** Sends events, and keeps the latest unsent event of each topic until the publisher is connected again. */
function createRetryBuffer(publisher: Redis, pubsub: RedisPubSub, logger: Logger) {
  const unsent = new Map<string, unknown>();

  const send = async (topic: string, payload: unknown) => {
    try {
      await pubsub.publish(topic, payload);
    } catch (error) {
      unsent.set(topic, payload);
      logger.debug({ err: error, topic }, 'event not sent, stored for retry');
    }
  };
  // Subscribers in other processes may reconnect and read the state before this publisher reconnects.
  const sendAgain = () => {
    const events = [...unsent];
    unsent.clear();
    for (const [topic, payload] of events) void send(topic, payload);
  };
  publisher.on('ready', sendAgain);
  return { send, close: () => void publisher.off('ready', sendAgain) };
}

/**
 * Returns a subscriber whose commands never reject. RedisPubSub ignores their promises, so a rejection would
 * end the process. Failed unsubscriptions are logged; failed subscriptions are retried.
 */
function withoutRejections(subscriber: Redis, logger: Logger): Redis {
  const logFailure = (unsubscribed: Promise<unknown>) =>
    unsubscribed.catch(error => logger.debug({ err: error }, 'connection closed before unsubscribe'));
  const subscribe = async (topic: string, onSubscribed: (error: null) => void): Promise<void> => {
    while (subscriber.status !== 'end') {
      try {
        await subscriber.subscribe(topic);
        return onSubscribed(null);
      } catch (error) {
        logger.debug({ err: error, topic }, 'subscribe failed, retrying');
        await pause(SUBSCRIBE_RETRY_MILLISECONDS, undefined, { ref: false });
      }
    }
  };
  return new Proxy(subscriber, {
    get(redis, name) {
      if (name === 'subscribe') return subscribe;
      if (name === 'unsubscribe') return (...topics: string[]) => logFailure(redis.unsubscribe(...topics));
      if (name === 'punsubscribe') return (...topics: string[]) => logFailure(redis.punsubscribe(...topics));
      return Reflect.get(redis, name, redis);
    },
  });
}
