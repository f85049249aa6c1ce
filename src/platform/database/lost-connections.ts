import { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';

/**
 * Has the pool drop the connections that are lost while they are in use. Kysely gives one back once its transaction has been
 * ended, which fails on a connection that is lost: it would stay in use for ever, and a few of them are the whole pool.
 */
export function dropLostConnections(pool: Pool): void {
  const inUse = new WeakSet<PoolClient>();
  pool.on('acquire', client => inUse.add(client));
  pool.on('release', (_error, client) => inUse.delete(client));
  pool.on('connect', client => {
    client.once('end', () => {
      // Whoever was asking something gives it back by himself first.
      setImmediate(() => {
        if (!inUse.has(client)) return;
        client.release(true);
        client.release = () => undefined;
      });
    });
  });
}

/**
 * Has the pool give up a connection that is in use and brings no byte for `milliseconds`, at the latest after twice that:
 * for a server that is gone without a word TCP would wait a quarter of an hour. Whoever asks something is told `ETIMEDOUT`.
 */
export function dropSilentConnections(pool: Pool, milliseconds: number): void {
  const watches = new WeakMap<PoolClient, NodeJS.Timeout>();
  const watch = (client: PoolClient) => {
    const { stream } = client.connection;
    if (!(stream instanceof Socket)) return;
    const { bytesRead } = stream;
    const look = () => {
      if (watches.get(client) !== timer) return;
      if (stream.bytesRead > bytesRead) return watch(client);
      const error = new Error(`PostgreSQL has been silent for ${milliseconds} ms`);
      stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    };
    // What has arrived while this process was held up is read first.
    const timer = setTimeout(() => setImmediate(look), milliseconds).unref();
    watches.set(client, timer);
  };
  pool.on('acquire', watch);
  pool.on('release', (_error, client) => {
    clearTimeout(watches.get(client));
    watches.delete(client);
  });
}
