import { setTimeout as pause } from 'node:timers/promises';
import { certifyResults } from '../src/contest/results.ts';
import { openModel } from '../src/model.ts';
import { startLoop } from '../src/platform/concurrency/periodic-task.ts';
import type { Env } from '../src/platform/config/env.ts';
import { createSignedLinks } from '../src/platform/crypto/signed-links.ts';
import { closeDatabase, type Database } from '../src/platform/database/database.ts';
import { requireSchema } from '../src/platform/database/require-migrations.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { foldersOf, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import { type ShutdownStep, within } from '../src/platform/process/shutdown.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../src/platform/queue/job-queue.ts';
import { guardRedis } from '../src/platform/redis/check-redis-config.ts';
import { createRateLimiter } from '../src/platform/redis/rate-limiter.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { openStorage } from '../src/platform/storage/open-storage.ts';
import { createAccessTokens } from '../src/players/access-tokens.ts';
import { createPlayerReader } from '../src/players/player-reader.ts';
import { createRankingFeed } from '../src/rankings/follow-rankings.ts';
import { startProjector } from '../src/rankings/projector.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';
import { createWaitingLine } from '../src/videos/queue/queue-positions.ts';
import { createBallotBox } from '../src/votes/vote-batcher.ts';
import { type App, createApp } from './app.ts';
import { readTrustedDocuments } from './graphql/persisted-operations.ts';
import { observeWorkforce } from './worker-capacity-metrics.ts';

/** Without Redis the API starts all the same, a little later. */
const REDIS_MILLISECONDS = 2000;
/** Part of the grace that one client may take to close; a client of a store that is down may never close. */
const CLOSE_SHARE = 1 / 8;
const LOG_IN_SECONDS = 15 * 60;
/** After the end of the voting its winners are certified within this time. */
const CERTIFY_SECONDS = 10;

/** The API with the clients it lives on, not yet listening; `shutdown` undoes all of it in order. */
export async function openApi(
  env: Env,
  logger: Logger,
): Promise<App & { database: Database; shutdown: readonly ShutdownStep[] }> {
  const database = await openModel(env);
  await requireSchema(database);

  const redis = openRedis(env.redis.url, 'command', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  const redisGuard = await guardRedis(redis, {
    persistent: !env.local,
    waitMilliseconds: REDIS_MILLISECONDS,
    logger,
  });
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  const jobs = openJobQueue(processVideoJob, redis, logger);
  const forkEm = () => database.em.fork();
  const leaderboard = openRedisLeaderboard(redis);
  const projector = startProjector({ forkEm, leaderboard, events, logger });
  const limiter = (name: string, points: number, windowSeconds: number) =>
    createRateLimiter(redis, { name, points, windowSeconds });

  const storage = await openStorage(env.storage);
  const metrics = createMetrics('api');
  observeDependencies(metrics, {
    database,
    redis,
    redisGuard,
    storage,
    folders: foldersOf(env.storage),
    logger,
  });
  observeWorkforce(metrics, { forkEm, logger });

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
      ballotBox: createBallotBox({ forkEm, rules: env.contest, changed: projector.kick }, env.auth.secrets),
      leaderboard,
      readPlayers: createPlayerReader(forkEm),
      rankingFeed: createRankingFeed({ forkEm, leaderboard, events, logger }),
      waitingLine: createWaitingLine({ forkEm, logger }),
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
  const certifier = startLoop(
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
      within(closeSeconds, ['projector', () => projector.stop()]),
      within(closeSeconds, ['certifier', () => certifier.stop()]),
      within(closeSeconds, ['jobs', () => jobs.close()]),
      ['events', () => events.close()],
      ['redis', () => [redis, subscriber].map(connection => connection.disconnect())],
      within(closeSeconds, ['database', () => closeDatabase(database)]),
    ],
  };
}
