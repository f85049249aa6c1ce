import { setTimeout as pause } from 'node:timers/promises';
import { certifyResults } from '../src/contest/results.ts';
import { openModel } from '../src/model.ts';
import { startPeriodicTask } from '../src/platform/concurrency/periodic-task.ts';
import type { Env } from '../src/platform/config/env.ts';
import { createSignedLinks } from '../src/platform/crypto/signed-links.ts';
import { closeDatabase, type Database } from '../src/platform/database/database.ts';
import { requireMigrations } from '../src/platform/database/require-migrations.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { getStorageFolders, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import { type ShutdownStep, withTimeLimit } from '../src/platform/process/shutdown.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../src/platform/queue/job-queue.ts';
import { checkRedisConfig } from '../src/platform/redis/check-redis-config.ts';
import { createRateLimiter } from '../src/platform/redis/rate-limiter.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { openStorage } from '../src/platform/storage/open-storage.ts';
import { createAccessTokens } from '../src/players/access-tokens.ts';
import { createPlayerReader } from '../src/players/player-reader.ts';
import { startLeaderboardSync } from '../src/rankings/leaderboard-sync.ts';
import { createRankingFeed } from '../src/rankings/ranking-feed.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';
import { createQueuePositions } from '../src/videos/queue/queue-positions.ts';
import { createVoteBatcher } from '../src/votes/vote-batcher.ts';
import { type App, createApp } from './app.ts';
import { readTrustedDocuments } from './graphql/persisted-operations.ts';
import { observeWorkerCapacity } from './worker-capacity-metrics.ts';

/** Without Redis the API starts all the same, a little later. */
const REDIS_MILLISECONDS = 2000;
/** Part of the grace that one client may take to close; a client of a store that is down may never close. */
const CLOSE_SHARE = 1 / 8;
const LOG_IN_SECONDS = 15 * 60;
/** After the end of the voting its winners are certified within this time. */
const CERTIFY_SECONDS = 10;

/** The API with the clients it lives on, not yet listening; `shutdown` undoes all of it in order. */
export async function openDependencies(
  env: Env,
  logger: Logger,
): Promise<App & { database: Database; shutdown: readonly ShutdownStep[] }> {
  const database = await openModel(env);
  await requireMigrations(database);

  const redis = openRedis(env.redis.url, 'command', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  const redisGuard = await checkRedisConfig(redis, {
    persistent: !env.local,
    waitMilliseconds: REDIS_MILLISECONDS,
    logger,
  });
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  const jobs = openJobQueue(processVideoJob, redis, logger);
  const forkEm = () => database.em.fork();
  const leaderboard = openRedisLeaderboard(redis);
  const projector = startLeaderboardSync({ forkEm, leaderboard, events, logger });
  const limiter = (name: string, points: number, windowSeconds: number) =>
    createRateLimiter(redis, { name, points, windowSeconds });

  const storage = await openStorage(env.storage);
  const metrics = createMetrics('api');
  observeDependencies(metrics, {
    database,
    redis,
    redisGuard,
    storage,
    folders: getStorageFolders(env.storage),
    logger,
  });
  observeWorkerCapacity(metrics, { forkEm, logger });

  const app = createApp({
    database,
    redis,
    redisGuard,
    http: env.http,
    limits: env.limits,
    costLimits: {
      accounts: limiter('cost:account', env.limits.costPerMinute, 60),
      networks: limiter('cost:network', env.limits.costPerMinutePerNetwork, 60),
    },
    trustedDocuments: env.http.trustedDocuments
      ? await readTrustedDocuments(env.http.trustedDocuments)
      : null,
    metrics,
    logger,
    services: {
      storage,
      jobs,
      events,
      accessTokens: createAccessTokens(env.auth),
      logInLimits: {
        accounts: limiter('log-in:account', env.auth.logInAttempts, LOG_IN_SECONDS),
        networks: limiter('log-in:network', env.auth.logInAttemptsPerAddress, LOG_IN_SECONDS),
      },
      signUpLimit: limiter('sign-up:network', env.auth.signUpsPerHour, 3600),
      voteLimits: {
        accounts: limiter('vote:account', env.contest.votesPerMinute, 60),
        networks: limiter('vote:network', env.contest.votesPerMinutePerNetwork, 60),
      },
      voteBatcher: createVoteBatcher(
        { forkEm, rules: env.contest, changed: projector.trigger },
        env.auth.secrets,
      ),
      leaderboard,
      readPlayers: createPlayerReader(forkEm),
      rankingFeed: createRankingFeed({ forkEm, leaderboard, events, logger }),
      queuePositions: createQueuePositions({ forkEm, logger }),
      links: createSignedLinks(env.auth.secrets),
      settings: {
        auth: env.auth,
        media: env.media,
        processing: env.processing,
        contest: env.contest,
        publicUrl: env.http.publicUrl,
      },
    },
  });

  // Here and not in a worker: the APIs are what has the rules of the contest in force.
  const certifier = startPeriodicTask(
    'certify',
    CERTIFY_SECONDS,
    () => certifyResults(forkEm(), env.contest),
    logger,
  );

  const closeSeconds = env.shutdownGraceSeconds * CLOSE_SHARE;
  return {
    ...app,
    database,
    shutdown: [
      ['readiness', () => app.drain()],
      ['notice', () => pause(env.http.shutdownNoticeSeconds * 1000)],
      ['http', deadline => app.close(deadline)],
      withTimeLimit(closeSeconds, ['projector', () => projector.stop()]),
      withTimeLimit(closeSeconds, ['certifier', () => certifier.stop()]),
      withTimeLimit(closeSeconds, ['jobs', () => jobs.close()]),
      ['events', () => events.close()],
      ['redis', () => [redis, subscriber].map(connection => connection.disconnect())],
      withTimeLimit(closeSeconds, ['database', () => closeDatabase(database)]),
    ],
  };
}
