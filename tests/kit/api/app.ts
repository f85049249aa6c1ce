import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openDependencies } from '../../../server/dependencies.ts';
import { loadEnv } from '../../../src/env.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createDatabase, startRedis, type TestRedis } from '../services/services.ts';
import { createClient, type TestClient } from './client.ts';

/** The API on a real port, with a dedicated database, Redis and storage folder. */
export interface App extends TestClient {
  /** Environment variables that connect another process to this app's services. */
  processEnv: Record<string, string>;
  database: Database;
  redis: TestRedis;
  storageDir: string;
  /** Returns the number of open connections. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the API in the test's process. `settings` are environment variables. */
export async function startApp(settings: Record<string, string> = {}): Promise<App> {
  const storageDir = await mkdtemp(join(inject('services').runDir, 'storage-'));
  const [testDatabase, redis, port] = await Promise.all([createDatabase(), startRedis(), anyFreePort()]);
  const url = `http://127.0.0.1:${port}`;
  const processEnv = {
    NODE_ENV: 'test',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    LOG_LEVEL: 'silent',
    DATABASE_URL: testDatabase.url,
    REDIS_URL: redis.url,
    STORAGE_DIR: storageDir,
    API_HOST: '127.0.0.1',
    API_PORT: String(port),
    PUBLIC_URL: url,
    SIGN_UPS_PER_HOUR: '1000000',
    SHUTDOWN_NOTICE_SECONDS: '0',
    AUTH_SECRET: randomUUID() + randomUUID(),
    ...settings,
  };
  const env = loadEnv(processEnv);
  const api = await openDependencies(env, createLogger(env.log, { process: 'test' }));
  api.server.listen(port, env.http.host);
  await once(api.server, 'listening');

  return {
    ...createClient(url),
    processEnv,
    database: api.database,
    redis,
    storageDir,
    connections: promisify(api.server.getConnections.bind(api.server)),
    async stop() {
      api.server.closeAllConnections();
      for (const [, step] of api.shutdown) await step(AbortSignal.abort());
      await redis.stop();
      await testDatabase.drop();
      await rm(storageDir, { recursive: true, force: true });
    },
  };
}

/** Runs `work` while the app's Redis is stopped; restarts Redis afterwards, also if `work` fails. */
export async function withoutRedis<Result>(
  { redis }: Pick<App, 'redis'>,
  work: () => Promise<Result>,
): Promise<Result> {
  await redis.stop();
  try {
    return await work();
  } finally {
    await redis.start();
  }
}
