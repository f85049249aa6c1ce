import { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.ts';

/**
 * - `command`: answers or fails at once, so that no request hangs while Redis is away.
 * - `worker`: BullMQ's blocking connection; waits for Redis as long as it takes.
 * - `subscriber`: keeps its subscriptions through outages.
 */
export type RedisUse = 'command' | 'worker' | 'subscriber';

const KEEP_ALIVE_MILLISECONDS = 10_000;
/** Well above what a command may take. */
const SILENCE_MILLISECONDS = 7000;

/**
 * A connection that reconnects by itself and logs each outage once, also when Redis is gone without a word: found by TCP's
 * keep-alive where nothing is asked, and where something is by two silences of `silenceMilliseconds` at most. Must be closed
 * with `disconnect()`.
 */
export function openRedis(
  url: string,
  use: RedisUse,
  logger: Logger,
  silenceMilliseconds = SILENCE_MILLISECONDS,
): Redis {
  const redis = new Redis(url, {
    // ioredis itself leaves it to the system, which waits for two hours.
    keepAlive: KEEP_ALIVE_MILLISECONDS,
    connectTimeout: use === 'command' ? 500 : 5000,
    maxRetriesPerRequest: use === 'command' ? 1 : null,
    // One that is connected and silent is as good as away.
    ...(use === 'command' && { commandTimeout: 2000 }),
    // The check asks what a connection may not ask that has subscribed meanwhile; Redis takes subscriptions while it loads.
    enableReadyCheck: use !== 'subscriber',
    enableOfflineQueue: use !== 'command',
    autoResubscribe: true,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2000),
    connectionName: `anb-${use}`,
  });
  let away = false;
  redis.on('error', error => {
    if (!away) logger.warn({ err: error, use }, 'redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ use }, 'redis is back');
    away = false;
  });
  // A subscriber is silent by nature, and asks nothing that TCP would wait a quarter of an hour for.
  if (use !== 'subscriber') dropWhenSilent(redis, silenceMilliseconds);
  return redis;
}

/**
 * Ends a connection that brings no byte for `milliseconds` after a question, so that it is made anew. Not ioredis's
 * `socketTimeout`: its timer outlives its connection and ends the next one.
 */
function dropWhenSilent(redis: Redis, milliseconds: number): void {
  let asked: { stream: Redis['stream']; bytes: number } | null = null;
  const look = () => {
    if (redis.status !== 'ready') {
      asked = null;
      return;
    }
    const { stream } = redis;
    if (asked?.stream === stream && asked.bytes === stream.bytesRead) {
      stream.destroy(new Error(`Redis has been silent for ${milliseconds} ms`));
      return;
    }
    asked = { stream, bytes: stream.bytesRead };
    // Only the silence counts; whoever asks something else is told of an error.
    redis.ping().catch(() => undefined);
  };
  // What has arrived while this process was held up is read first.
  const timer = setInterval(() => setImmediate(look), milliseconds).unref();
  redis.once('end', () => clearInterval(timer));
}

/** Gives a new connection up to `milliseconds` to be ready, so that what starts on it does not begin with an outage. */
export async function firstConnection(redis: Redis, milliseconds: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  redis.once('ready', resolve);
  await promise;
  clearTimeout(timer);
  redis.off('ready', resolve);
}

/** Whether Redis answers within `milliseconds`. */
export async function pingRedis(redis: Redis, milliseconds: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, milliseconds, false);
  try {
    return await Promise.race([redis.ping().then(reply => reply === 'PONG'), late]);
  } catch {
    // The question was whether it answers; an error is a no.
    return false;
  } finally {
    clearTimeout(timer);
  }
}
