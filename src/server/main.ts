import { once } from 'node:events';
import { openModel } from '../model.ts';
import { pendingMigrations } from '../platform/database.ts';
import { openEventBus } from '../platform/events.ts';
import { openJobQueue } from '../platform/jobs.ts';
import { createMetrics } from '../platform/metrics.ts';
import { runProcess } from '../platform/process.ts';
import { createRateLimiter } from '../platform/rate-limiter.ts';
import { openRedis } from '../platform/redis.ts';
import { createSignedLinks } from '../platform/signed-links.ts';
import { openLocalStorage } from '../platform/storage-local.ts';
import { createAccessTokens } from '../players/access-tokens.ts';
import { processVideoJob } from '../videos/video.jobs.ts';
import { createApp } from './app.ts';

const THROTTLE_SECONDS = 15 * 60;

await runProcess('api', process.env, async (env, logger) => {
  const database = await openModel(env);
  const pending = await pendingMigrations(database);
  if (pending.length > 0) throw new Error(`The schema is not migrated, missing: ${pending.join(', ')}`);

  const redis = openRedis(env.redis.url, 'command', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  const jobs = openJobQueue(processVideoJob, redis, logger);
  const limiter = (name: string, points: number) =>
    createRateLimiter(redis, { name, points, windowSeconds: THROTTLE_SECONDS });

  const app = createApp({
    database,
    redis,
    http: env.http,
    metrics: createMetrics('api'),
    logger,
    services: {
      storage: await openLocalStorage(env.storage.dir),
      jobs,
      events,
      accessTokens: createAccessTokens(env.auth),
      logInLimits: {
        accounts: limiter('log-in:account', env.auth.logInAttempts),
        networks: limiter('log-in:network', env.auth.logInAttemptsPerAddress),
      },
      links: createSignedLinks(env.auth.secret),
      settings: {
        auth: env.auth,
        media: env.media,
        processing: env.processing,
        contest: env.contest,
        publicUrl: env.http.publicUrl,
      },
    },
  });
  app.server.listen(env.http.port, env.http.host);
  await once(app.server, 'listening');
  logger.info({ address: app.server.address() }, 'listening');

  return [
    ['readiness', () => app.drain()],
    ['http', () => app.close()],
    ['jobs', () => jobs.close()],
    ['events', () => events.close()],
    ['redis', () => [redis, subscriber].map(connection => connection.disconnect())],
    ['database', () => database.close(true)],
  ];
});
