import { startApiProcess } from '../api/api-process.ts';
import type { App } from '../api/app.ts';
import { createClient, type TestClient } from '../api/client.ts';
import { startWorker, type TestWorker } from '../contest/worker.ts';
import { type Gate, openGate } from './tcp-relay.ts';

/** A machine with an address of its own, on which an API runs and a worker may; it shares the store of files. */
export interface Host extends AsyncDisposable {
  /** For players elsewhere. */
  api: TestClient;
  /** For whoever is on the machine itself. */
  ownApi: TestClient;
  addWorker(): Promise<TestWorker>;
  /** Pulls out its cable: it reaches neither Postgres nor Redis, and nobody reaches it. What it runs goes on. */
  cutOff(): void;
  connectAgain(): void;
}

/** Starts the API of a machine at `address`, of those that begin with 127. */
export async function startHost(app: App, address: string): Promise<Host> {
  await using cleanup = new AsyncDisposableStack();
  const gates: Gate[] = [];
  const connectTo = async (target: string): Promise<string> => {
    const gate = cleanup.use(await openGate(target));
    gates.push(gate);
    return gate.url;
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
    ownApi: createClient(api.url),
    async addWorker() {
      const worker = await startWorker({ processEnv }, { WORKER_HOST: address, WORKER_CONCURRENCY: '1' });
      running.defer(async () => {
        worker.kill('SIGKILL');
        await worker.ended;
      });
      return worker;
    },
    cutOff() {
      for (const gate of gates) gate.cut();
    },
    connectAgain() {
      for (const gate of gates) gate.mend();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
