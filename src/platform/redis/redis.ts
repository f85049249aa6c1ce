import { Redis } from 'ioredis';
import { TimeoutError, withTimeout } from '../concurrency/with-timeout.ts';
import type { Logger } from '../observability/logger.ts';

/**
 * - `command`: fails immediately while Redis is unavailable, so that no request hangs.
 * - `worker`: BullMQ's blocking connection; waits for Redis without a limit.
 * - `subscriber`: keeps its subscriptions through outages.
 */
export type RedisUse = 'command' | 'worker' | 'subscriber';

const KEEP_ALIVE_MILLISECONDS = 10_000;
/** Well above the duration of any command. */
const SILENCE_MILLISECONDS = 7000;

/**
 * Returns a connection that reconnects by itself and logs each outage once. TCP keep-alive detects a server
 * that disappears during an idle period. At other times a silence of at most twice `silenceMilliseconds`
 * reveals the outage. Callers must close the connection with `disconnect()`.
 */
export function openRedis(
  url: string,
  use: RedisUse,
  logger: Logger,
  silenceMilliseconds = SILENCE_MILLISECONDS,
): Redis {
  const redis = new Redis(url, {
    // By default ioredis leaves the delay to the operating system, which waits for two hours.
    keepAlive: KEEP_ALIVE_MILLISECONDS,
    connectTimeout: use === 'command' ? 500 : 5000,
    maxRetriesPerRequest: use === 'command' ? 1 : null,
    // A connected server that sends no reply counts as unavailable.
    ...(use === 'command' && { commandTimeout: 2000 }),
    // A connection with subscriptions forbids the command of this check. Redis accepts subscriptions while it
    // loads its data.
    enableReadyCheck: use !== 'subscriber',
    enableOfflineQueue: use !== 'command',
    autoResubscribe: true,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2000),
    connectionName: `anb-${use}`,
  });
  let connected = true;
  redis.on('error', error => {
    if (connected) logger.warn({ err: error, use }, 'redis disconnected');
    connected = false;
  });
  redis.on('ready', () => {
    if (!connected) logger.info({ use }, 'redis reconnected');
    connected = true;
  });
  // A subscriber receives nothing for long periods and sends no commands that could hang.
  if (use !== 'subscriber') dropWhenSilent(redis, silenceMilliseconds);
  return redis;
}

/**
 * Closes a connection that receives no byte for `milliseconds` after a PING, so that ioredis reconnects. The
 * `socketTimeout` of ioredis is not usable: its timer outlives its connection and closes the next one.
 */
function dropWhenSilent(redis: Redis, milliseconds: number): void {
  let lastPing: { stream: Redis['stream']; bytesRead: number } | null = null;
  const check = () => {
    if (redis.status !== 'ready') {
      lastPing = null;
      return;
    }
    const { stream } = redis;
    if (lastPing?.stream === stream && lastPing.bytesRead === stream.bytesRead) {
      stream.destroy(new Error(`Redis has been silent for ${milliseconds} ms`));
      return;
    }
    lastPing = { stream, bytesRead: stream.bytesRead };
    // Only received bytes count; the callers of other commands receive the connection error.
    redis.ping().catch(() => undefined);
  };
  // After a stall of this process, bytes that have already arrived are read before the check.
  const timer = setInterval(() => setImmediate(check), milliseconds).unref();
  redis.once('end', () => clearInterval(timer));
}

/** Waits up to `milliseconds` for a new connection to be ready, so that its first commands do not fail. */
export async function waitForConnection(redis: Redis, milliseconds: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  redis.once('ready', resolve);
  try {
    await withTimeout(ready, milliseconds);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  } finally {
    redis.off('ready', resolve);
  }
}

/** Returns whether Redis replies to a PING within `milliseconds`. */
export async function pingRedis(redis: Redis, milliseconds: number): Promise<boolean> {
  try {
    return (await withTimeout(redis.ping(), milliseconds)) === 'PONG';
  } catch {
    // An error and a timeout both mean unavailable.
    return false;
  }
}
