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
