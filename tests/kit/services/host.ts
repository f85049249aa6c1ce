import { startApiProcess } from '../api/api-process.ts';
import type { App } from '../api/app.ts';
import { createClient, type TestClient } from '../api/client.ts';
import { startWorker, type TestWorker } from '../contest/worker.ts';
import { openTcpRelay, type TcpRelay } from './tcp-relay.ts';

/**
 * A simulated machine with its own loopback address: an API and optionally workers. Hosts share the file
 * store.
 */
export interface Host extends AsyncDisposable {
  /** Client that connects from outside of the host. */
  api: TestClient;
  /** Client that connects from the host itself; a partition does not affect it. */
  localApi: TestClient;
  addWorker(): Promise<TestWorker>;
  /**
   * Simulates a pulled cable: no traffic to Postgres, to Redis or from clients. The host's processes keep
   * running.
   */
  partition(): void;
  /** Ends the partition. */
  heal(): void;
}

/** Starts a host whose API listens on `address`, which must be in 127.0.0.0/8. */
export async function startHost(app: App, address: string): Promise<Host> {
  await using cleanup = new AsyncDisposableStack();
  const relays: TcpRelay[] = [];
  const connectTo = async (target: string): Promise<string> => {
    const relay = cleanup.use(await openTcpRelay(target));
    relays.push(relay);
    return relay.url;
  };
  const { DATABASE_URL = '', REDIS_URL = '' } = app.processEnv;
  const processEnv = {
    ...app.processEnv,
    DATABASE_URL: await connectTo(DATABASE_URL),
    REDIS_URL: await connectTo(REDIS_URL),
  };
  const api = cleanup.use(await startApiProcess({ processEnv }, { API_HOST: address }));
  const origin = new URL(await connectTo(api.url)).origin;
  const running = cleanup.move();
  return {
    api: createClient(origin),
    localApi: createClient(api.url),
    async addWorker() {
      const worker = await startWorker({ processEnv }, { WORKER_HOST: address, WORKER_CONCURRENCY: '1' });
      running.defer(async () => {
        worker.kill('SIGKILL');
        await worker.ended;
      });
      return worker;
    },
    partition() {
      for (const relay of relays) relay.partition();
    },
    heal() {
      for (const relay of relays) relay.heal();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
