import type { Env } from './env.ts';
import { openModel } from './model.ts';
import { requireMigrations } from './platform/database/require-migrations.ts';
import { openRedisLeaderboard } from './platform/leaderboard/redis-leaderboard.ts';
import type { Logger } from './platform/observability/logger.ts';
import { openEventBus } from './platform/pubsub/event-bus.ts';
import { openJobQueue } from './platform/queue/job-queue.ts';
import { checkRedisConfig } from './platform/redis/check-redis-config.ts';
import { openRedis } from './platform/redis/redis.ts';
import { openStorage } from './platform/storage/open-storage.ts';
import { processVideoJob } from './videos/processing/video.jobs.ts';

/** Time for the first connection to Redis; without Redis a process starts after this delay. */
const REDIS_MILLISECONDS = 2000;

/** The clients of PostgreSQL, Redis and the storage that the API and the worker use. */
export type Stores = Awaited<ReturnType<typeof openStores>>;

/**
 * Connects to PostgreSQL, Redis and the storage.
 *
 * @throws {StartupError} when PostgreSQL is unavailable or not migrated, or when the settings of Redis may
 * lose jobs.
 */
export async function openStores(env: Env, logger: Logger) {
  const database = await openModel(env);
  await requireMigrations(database);

  const redis = openRedis(env.redis.url, 'command', logger);
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
    subscriber,
    redisConfig,
    events: openEventBus({ publisher: redis, subscriber }, logger),
    jobs: openJobQueue(processVideoJob, redis, logger),
    leaderboard: openRedisLeaderboard(redis),
    storage: await openStorage(env.storage),
  };
}
