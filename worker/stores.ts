import type { Env } from '../src/env.ts';
import { openModel } from '../src/model.ts';
import { requireMigrations } from '../src/platform/database/require-migrations.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../src/platform/queue/job-queue.ts';
import { checkRedisConfig } from '../src/platform/redis/check-redis-config.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { openStorage } from '../src/platform/storage/open-storage.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';

/** Time for the first connection to Redis; without Redis the worker starts after this delay. */
const REDIS_MILLISECONDS = 2000;

/** The clients of PostgreSQL, Redis and the storage that the worker uses. */
export type Stores = Awaited<ReturnType<typeof openStores>>;

/**
 * Connects to PostgreSQL, Redis and the storage.
 *
 * @throws {StartupError} when PostgreSQL is unavailable or not migrated, or when the settings of Redis may lose jobs.
 */
export async function openStores(env: Env, logger: Logger) {
  const database = await openModel(env);
  await requireMigrations(database);

  const redis = openRedis(env.redis.url, 'command', logger);
  const blocking = openRedis(env.redis.url, 'worker', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  const redisConfig = await checkRedisConfig(redis, {
    persistent: !env.local,
    waitMilliseconds: REDIS_MILLISECONDS,
    logger,
  });
  return {
    database,
    forkEm: () => database.em.fork(),
    redis,
    blocking,
    subscriber,
    redisConfig,
    events: openEventBus({ publisher: redis, subscriber }, logger),
    jobs: openJobQueue(processVideoJob, redis, logger),
    storage: await openStorage(env.storage),
  };
}
