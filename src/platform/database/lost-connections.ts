import { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';

/**
 * Makes the pool drop connections that are lost while they are in use. Kysely releases a connection after the
 * end of its transaction, which fails on a lost connection. The connection would stay in use forever, and a
 * few of them exhaust the pool.
 */
export function dropLostConnections(pool: Pool): void {
  const inUse = new WeakSet<PoolClient>();
  pool.on('acquire', client => inUse.add(client));
  pool.on('release', (_error, client) => inUse.delete(client));
  pool.on('connect', client => {
    client.once('end', () => {
      // A caller with a running query releases the connection first.
      setImmediate(() => {
        if (!inUse.has(client)) return;
        client.release(true);
        client.release = () => undefined;
      });
    });
  });
}

/**
 * Makes the pool drop a connection in use that receives no byte for `milliseconds`. The check takes at most
 * twice that time. When a server disappears without closing its connections, TCP alone would wait a quarter
 * of an hour. The running query fails with `ETIMEDOUT`.
 */
export function dropSilentConnections(pool: Pool, milliseconds: number): void {
  const timers = new WeakMap<PoolClient, NodeJS.Timeout>();
  const watch = (client: PoolClient) => {
    const { stream } = client.connection;
    if (!(stream instanceof Socket)) return;
    const { bytesRead } = stream;
    const check = () => {
      if (timers.get(client) !== timer) return;
      if (stream.bytesRead > bytesRead) return watch(client);
      const error = new Error(`PostgreSQL has been silent for ${milliseconds} ms`);
      stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    };
    // After a stall of this process, bytes that have already arrived are read before the check.
    const timer = setTimeout(() => setImmediate(check), milliseconds).unref();
    timers.set(client, timer);
  };
  pool.on('acquire', watch);
  pool.on('release', (_error, client) => {
    clearTimeout(timers.get(client));
    timers.delete(client);
  });
}
