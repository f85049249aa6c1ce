import { once } from 'node:events';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openDependencies } from '../../../server/dependencies.ts';
import { loadEnv } from '../../../src/env.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { App } from '../api/app.ts';
import { createClient, type TestClient } from '../api/client.ts';

/** Starts a second API on the same database, Redis and storage, as on another machine. */
export async function startSecondApi(
  app: App,
  settings: Record<string, string> = {},
): Promise<TestClient & AsyncDisposable & { stop(): Promise<void> }> {
  const env = loadEnv({ ...app.processEnv, ...settings });
  const port = await anyFreePort();
  const api = await openDependencies(env, createLogger(env.log, { process: 'test' }));
  api.server.listen(port, env.http.host);
  await once(api.server, 'listening');
  const stop = async () => {
    api.server.closeAllConnections();
    for (const [, step] of api.shutdown) await step(AbortSignal.abort());
  };
  return { ...createClient(`http://127.0.0.1:${port}`), stop, [Symbol.asyncDispose]: stop };
}
