import { setTimeout as pause } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { certifyResults } from '../src/contest/certify-results.ts';
import type { Env } from '../src/env.ts';
import { startPeriodicTask } from '../src/platform/concurrency/periodic-task.ts';
import { closeDatabase, type Database } from '../src/platform/database/database.ts';
import { getStorageFolders, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import { type ShutdownStep, withStepTimeout } from '../src/platform/process/shutdown.ts';
import { startLeaderboardSync } from '../src/rankings/start-leaderboard-sync.ts';
import { openStores, type Stores } from '../src/stores.ts';
import { type App, createApp } from './app.ts';
import { readTrustedDocuments } from './graphql/persisted-operations.ts';
import { observeWorkerCapacity } from './observability/worker-capacity-metrics.ts';
import { createRateLimits, createServices } from './services.ts';

/**
 * Share of the shutdown grace that the close of one client may take. The client of an unavailable store may
 * never close.
 */
const CLOSE_SHARE = 1 / 8;
/** Longest delay between the end of voting and the certification of its winners. */
const CERTIFY_SECONDS = 10;

/**
 * Opens the API with all of its dependencies; the server does not listen yet. `shutdown` stops and closes
 * everything in order.
 */
export async function openDependencies(
  env: Env,
  logger: Logger,
): Promise<App & { database: Database; shutdown: readonly ShutdownStep[] }> {
  const { trustedDocuments } = env.http;
  const stores = await openStores(env, logger);
  const rateLimits = createRateLimits(env, stores.redis);
  const metrics = createApiMetrics(env, logger, stores);
  const documents = trustedDocuments ? await readTrustedDocuments(trustedDocuments) : null;
  const tasks = startBackgroundTasks(env, logger, stores);
  const app = createApp({
    database: stores.database,
    redis: stores.redis,
    redisConfig: stores.redisConfig,
    services: createServices(env, logger, { stores, rateLimits, leaderboardSync: tasks.leaderboardSync }),
    http: env.http,
    limits: env.limits,
    costLimits: rateLimits.costLimits,
    trustedDocuments: documents,
    metrics,
    logger,
  });
  return {
    ...app,
    database: stores.database,
    shutdown: createShutdownSteps(env, { app, stores, tasks }),
  };
}

function createApiMetrics(env: Env, logger: Logger, stores: Stores): Registry {
  const { database, redis, redisConfig, storage, forkEm } = stores;
  const metrics = createMetrics('api');
  const folders = getStorageFolders(env.storage);
  observeDependencies(metrics, { database, redis, redisConfig, storage, folders, logger });
  observeWorkerCapacity(metrics, { forkEm, logger });
  return metrics;
}

type BackgroundTasks = ReturnType<typeof startBackgroundTasks>;

function startBackgroundTasks(env: Env, logger: Logger, { forkEm, leaderboard, events }: Stores) {
  const certify = () => certifyResults({ em: forkEm(), rules: env.contest });
  return {
    leaderboardSync: startLeaderboardSync({ forkEm, leaderboard, events, logger }),
    // The API runs this task, because its settings hold the contest rules in force.
    certifier: startPeriodicTask('certify', CERTIFY_SECONDS, certify, logger),
  };
}

function createShutdownSteps(
  env: Env,
  { app, stores, tasks }: { app: App; stores: Stores; tasks: BackgroundTasks },
): readonly ShutdownStep[] {
  const { database, redis, subscriber, events, jobs } = stores;
  const closeSeconds = env.shutdownGraceSeconds * CLOSE_SHARE;
  return [
    ['readiness', () => app.drain()],
    ['notice', () => pause(env.http.shutdownNoticeSeconds * 1000)],
    ['http', deadline => app.close(deadline)],
    withStepTimeout(closeSeconds, ['leaderboard sync', () => tasks.leaderboardSync.stop()]),
    withStepTimeout(closeSeconds, ['certifier', () => tasks.certifier.stop()]),
    withStepTimeout(closeSeconds, ['jobs', () => jobs.close()]),
    ['events', () => events.close()],
    ['redis', () => [redis, subscriber].map(connection => connection.disconnect())],
    withStepTimeout(closeSeconds, ['database', () => closeDatabase(database)]),
  ];
}
