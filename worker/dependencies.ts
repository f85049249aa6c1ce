import type { Server } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Env } from '../src/env.ts';
import { type PeriodicTask, startPeriodicTask } from '../src/platform/concurrency/periodic-task.ts';
import { createSharedLock } from '../src/platform/concurrency/shared-lock.ts';
import { closeDatabase } from '../src/platform/database/database.ts';
import { getStorageFolders, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import type { ShutdownStep } from '../src/platform/process/shutdown.ts';
import { createJobWorker, type JobWorker } from '../src/platform/queue/job-worker.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { openStores, type Stores } from '../src/stores.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';
import { startHeartbeat } from './background/heartbeat.ts';
import { createReconciler } from './background/reconciler.ts';
import { startSweepers } from './background/sweepers.ts';
import { readFfmpegVersion } from './ffmpeg/ffmpeg-version.ts';
import { describeSandbox, detectSandbox, type Sandbox } from './ffmpeg/sandbox.ts';
import { createHealthServer } from './observability/health-server.ts';
import { observeQueue } from './observability/queue-metrics.ts';
import { createWorkerMetrics } from './observability/worker-metrics.ts';
import { processVideo } from './process-video.ts';
import { openBumperCache } from './steps/bumper-cache.ts';
import type { WorkerContext } from './worker-context.ts';

/** Part of the shutdown grace reserved for requeueing jobs under way and closing connections. */
const REQUEUE_SECONDS = 3;

export interface WorkerDependencies {
  /** Not yet listening. */
  health: Server;
  /** Not yet taking jobs. */
  worker: JobWorker;
  /** Starts the reconciler, the sweepers and the heartbeat; the shutdown stops them. */
  startBackgroundTasks(): void;
  /** Stops and closes everything in order. */
  shutdown: readonly ShutdownStep[];
}

/** Opens the worker with all of its dependencies; no job is taken before `worker.start()`. */
export async function openDependencies(env: Env, logger: Logger): Promise<WorkerDependencies> {
  const { concurrency } = env.worker;
  const stores = await openStores(env, logger);
  const blocking = openRedis(env.redis.url, 'worker', logger);
  const sandbox = await detectSandbox(process.env.PATH);
  logSandbox(sandbox, logger);

  const metrics = createMetrics('worker');
  const stop = { draining: new AbortController(), stopping: new AbortController() };
  const context = await createContext(env, logger, { stores, sandbox, metrics, stop });
  const worker = createJobWorker(processVideoJob, { connection: blocking, concurrency, logger }, job =>
    processVideo(context, job.videoId),
  );
  observeStores(env, logger, { stores, metrics });
  const health = createHealthServer({
    database: stores.database,
    redis: stores.redis,
    redisConfig: stores.redisConfig,
    storage: stores.storage,
    jobs: stores.jobs,
    worker,
    concurrency,
    sandbox,
    ffmpeg: await readFfmpegVersion(),
    metrics,
    logger,
  });

  const tasks: PeriodicTask[] = [];
  return {
    health,
    worker,
    startBackgroundTasks: () => void tasks.push(...startTasks(env, context, { stores, blocking })),
    shutdown: createShutdownSteps(env, { stores, blocking, health, worker, tasks, stop }),
  };
}

type StopControllers = Record<'draining' | 'stopping', AbortController>;

async function createContext(
  env: Env,
  logger: Logger,
  parts: { stores: Stores; sandbox: Sandbox; metrics: Registry; stop: StopControllers },
): Promise<WorkerContext> {
  const { stores, sandbox, metrics, stop } = parts;
  // One folder per account, as a folder of another account is not writable. ffmpeg needs absolute paths.
  const tempDir = resolveTempDir(env);
  return {
    em: stores.database.em,
    events: stores.events,
    storage: stores.storage,
    jobs: stores.jobs,
    sandbox,
    logger,
    bumpers: await openBumperCache(resolve(env.worker.bumpersDir ?? join(tempDir, 'bumpers'))),
    settings: {
      media: env.media,
      processing: env.processing,
      renderTimeoutSeconds: env.worker.renderTimeoutSeconds,
    },
    tempDir: join(tempDir, 'jobs'),
    metrics: createWorkerMetrics(metrics),
    lock: createSharedLock(),
    draining: stop.draining.signal,
    stopping: stop.stopping.signal,
  };
}

function resolveTempDir(env: Env): string {
  return resolve(env.worker.tempDir ?? join(tmpdir(), `anb-worker-${userInfo().uid}`));
}

function observeStores(
  env: Env,
  logger: Logger,
  { stores, metrics }: { stores: Stores; metrics: Registry },
): void {
  const { database, redis, redisConfig, storage, jobs, forkEm } = stores;
  const folders = { ...getStorageFolders(env.storage), temp: resolveTempDir(env) };
  observeQueue(metrics, { forkEm, jobs, logger });
  observeDependencies(metrics, { database, redis, redisConfig, storage, folders, logger });
}

function startTasks(
  env: Env,
  context: WorkerContext,
  { stores, blocking }: { stores: Stores; blocking: Redis },
): PeriodicTask[] {
  const { forkEm } = stores;
  const { storage, tempDir, events, jobs, metrics, draining, logger } = context;
  const { maxWorkerDeaths } = env.processing;
  const reconcile = createReconciler({ forkEm, events, jobs, metrics, maxWorkerDeaths, logger });
  return [
    startHeartbeat({
      forkEm,
      capacity: env.worker.concurrency,
      canTakeJobs: () => blocking.status === 'ready',
      logger,
    }),
    startPeriodicTask('reconciler', env.worker.reconcileSeconds, reconcile, logger),
    startSweepers({ forkEm, storage, tempDir, draining, logger }),
  ];
}

function logSandbox(sandbox: Sandbox, logger: Logger): void {
  if (sandbox.gaps.length === 0) logger.info(describeSandbox(sandbox), 'sandbox');
  else logger.warn(describeSandbox(sandbox), `sandbox incomplete: ${sandbox.gaps.join(' ')}`);
}

interface Stoppable {
  stores: Stores;
  blocking: Redis;
  health: Server;
  worker: JobWorker;
  tasks: readonly PeriodicTask[];
  stop: StopControllers;
}

function createShutdownSteps(env: Env, parts: Stoppable): ShutdownStep[] {
  const { stores, blocking, health, worker, tasks, stop } = parts;
  const stopWork = async () => {
    stop.draining.abort(new Error('The worker takes no more work'));
    const requeue = setTimeout(
      () => stop.stopping.abort(new Error('The worker stops')),
      Math.max(0, env.shutdownGraceSeconds - REQUEUE_SECONDS) * 1000,
    );
    // Concurrently: a task may wait for a database that hangs, and the worker must take no job meanwhile.
    await Promise.all([worker.close(), ...tasks.map(task => task.stop())]);
    clearTimeout(requeue);
  };
  return [
    ['work', stopWork],
    ['queue', () => stores.jobs.close()],
    ['health', () => health.close()],
    ['events', () => stores.events.close()],
    ['redis', () => [stores.redis, blocking, stores.subscriber].map(connection => connection.disconnect())],
    ['database', () => closeDatabase(stores.database)],
  ];
}
