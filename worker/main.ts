import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { openModel } from '../src/model.ts';
import { startPeriodicTask } from '../src/platform/concurrency/periodic-task.ts';
import { createSharedLock } from '../src/platform/concurrency/shared-lock.ts';
import { closeDatabase } from '../src/platform/database/database.ts';
import { requireMigrations } from '../src/platform/database/require-migrations.ts';
import { getStorageFolders, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import { runProcess } from '../src/platform/process/run-process.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../src/platform/queue/job-queue.ts';
import { createJobWorker } from '../src/platform/queue/job-worker.ts';
import { checkRedisConfig } from '../src/platform/redis/check-redis-config.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { openStorage } from '../src/platform/storage/open-storage.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';
import { startHeartbeat } from './background/heartbeat.ts';
import { createReconciler } from './background/reconciler.ts';
import { startSweepers } from './background/sweepers.ts';
import { describeSandbox, detectSandbox } from './ffmpeg/sandbox.ts';
import { ffmpegVersion } from './ffmpeg/version.ts';
import { createHealthServer } from './observability/health-server.ts';
import { observeQueue } from './observability/queue-metrics.ts';
import { createWorkerMetrics } from './observability/worker-metrics.ts';
import { processVideo } from './process-video.ts';
import { keepBumpers } from './steps/bumpers.ts';

const REDIS_MILLISECONDS = 2000;
/** Kept back from the grace for giving work back and closing connections. */
const HAND_BACK_SECONDS = 3;

await runProcess('worker', process.env, async (env, logger) => {
  const database = await openModel(env);
  await requireMigrations(database);

  const redis = openRedis(env.redis.url, 'command', logger);
  const blocking = openRedis(env.redis.url, 'worker', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  const redisGuard = await checkRedisConfig(redis, {
    persistent: !env.local,
    waitMilliseconds: REDIS_MILLISECONDS,
    logger,
  });
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  const jobs = openJobQueue(processVideoJob, redis, logger);
  const storage = await openStorage(env.storage);
  // Of this account alone: a folder that another one has made could not be written.
  // Absolute, as ffmpeg runs in a folder of its own.
  const tempDir = resolve(env.worker.tempDir ?? join(tmpdir(), `anb-worker-${userInfo().uid}`));
  const sandbox = await detectSandbox(process.env.PATH);
  if (sandbox.gaps.length === 0) logger.info(describeSandbox(sandbox), 'sandbox');
  else logger.warn(describeSandbox(sandbox), `sandbox incomplete: ${sandbox.gaps.join(' ')}`);

  const metrics = createMetrics('worker');
  const draining = new AbortController();
  const stopping = new AbortController();
  const deps = {
    em: database.em,
    events,
    storage,
    jobs,
    sandbox,
    bumpers: await keepBumpers(resolve(env.worker.bumpersDir ?? join(tempDir, 'bumpers'))),
    settings: {
      media: env.media,
      processing: env.processing,
      renderTimeoutSeconds: env.worker.renderTimeoutSeconds,
    },
    tempDir: join(tempDir, 'jobs'),
    metrics: createWorkerMetrics(metrics),
    lock: createSharedLock(),
    logger,
    draining: draining.signal,
    stopping: stopping.signal,
  };
  const { concurrency, reconcileSeconds } = env.worker;
  const worker = createJobWorker(processVideoJob, { connection: blocking, concurrency, logger }, job =>
    processVideo(deps, job.videoId),
  );

  const forkEm = () => database.em.fork();
  observeQueue(metrics, { forkEm, jobs, logger });
  const folders = { ...getStorageFolders(env.storage), temp: tempDir };
  observeDependencies(metrics, { database, redis, redisGuard, storage, folders, logger });
  const health = createHealthServer({
    database,
    redis,
    redisGuard,
    storage,
    jobs,
    worker,
    concurrency,
    ffmpeg: await ffmpegVersion(),
    sandbox,
    metrics,
    logger,
  });
  // Before anything is taken: a worker that can't start must not cost videos their attempts.
  health.listen(env.worker.port, env.worker.host);
  await once(health, 'listening');
  logger.info({ address: health.address(), concurrency }, 'listening');

  const reconcile = createReconciler({ ...deps, ...env.processing, forkEm });
  const reconciler = startPeriodicTask('reconcile', reconcileSeconds, reconcile, logger);
  const sweepers = startSweepers({ ...deps, forkEm });
  const presence = startHeartbeat({
    forkEm,
    capacity: concurrency,
    canTakeJobs: () => blocking.status === 'ready',
    logger,
  });

  // Last: from here on nothing is waited for before a signal is heard.
  worker.start();
  return [
    [
      'work',
      async () => {
        draining.abort(new Error('The worker takes no more work'));
        const handBack = setTimeout(
          () => stopping.abort(new Error('The worker stops')),
          Math.max(0, env.shutdownGraceSeconds - HAND_BACK_SECONDS) * 1000,
        );
        // At once: a loop may wait for a database that hangs, and no job may be taken meanwhile.
        await Promise.all([worker.close(), presence.stop(), reconciler.stop(), sweepers.stop()]);
        clearTimeout(handBack);
      },
    ],
    ['queue', () => jobs.close()],
    ['health', () => health.close()],
    ['events', () => events.close()],
    ['redis', () => [redis, blocking, subscriber].map(connection => connection.disconnect())],
    ['database', () => closeDatabase(database)],
  ];
});
