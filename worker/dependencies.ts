import type { Server } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Env } from '../src/env.ts';
import { type PeriodicTask, startPeriodicTask } from '../src/platform/concurrency/periodic-task.ts';
import { createSharedLock } from '../src/platform/concurrency/shared-lock.ts';
import { closeDatabase } from '../src/platform/database/database.ts';
import { getStorageFolders, observeDependencies } from '../src/platform/observability/dependency-metrics.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createMetrics } from '../src/platform/observability/metrics.ts';
import type { ShutdownStep } from '../src/platform/process/shutdown.ts';
import { createJobWorker, type JobWorker } from '../src/platform/queue/job-worker.ts';
import { processVideoJob } from '../src/videos/processing/video.jobs.ts';
import { startHeartbeat } from './background/heartbeat.ts';
import { createReconciler } from './background/reconciler.ts';
import { startSweepers } from './background/sweepers.ts';
import { describeSandbox, detectSandbox, type Sandbox } from './ffmpeg/sandbox.ts';
import { readFfmpegVersion } from './ffmpeg/version.ts';
import { createHealthServer } from './observability/health-server.ts';
import { observeQueue } from './observability/queue-metrics.ts';
import { createWorkerMetrics } from './observability/worker-metrics.ts';
import { processVideo } from './process-video.ts';
import { openBumperCache } from './steps/bumpers.ts';
import { openStores, type Stores } from './stores.ts';
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
  const { media, processing } = env;
  const { concurrency, reconcileSeconds, renderTimeoutSeconds } = env.worker;
  const stores = await openStores(env, logger);
  const { database, redis, redisConfig, storage, jobs, blocking, forkEm } = stores;
  const tempDir = resolveTempDir(env);
  const sandbox = await detectSandbox(process.env.PATH);
  logSandbox(sandbox, logger);

  const metrics = createMetrics('worker');
  const stop = { draining: new AbortController(), stopping: new AbortController() };
  const context: WorkerContext = {
    ...{ em: database.em, events: stores.events, storage, jobs, sandbox, logger },
    bumpers: await openBumperCache(resolve(env.worker.bumpersDir ?? join(tempDir, 'bumpers'))),
    settings: { media, processing, renderTimeoutSeconds },
    tempDir: join(tempDir, 'jobs'),
    metrics: createWorkerMetrics(metrics),
    lock: createSharedLock(),
    draining: stop.draining.signal,
    stopping: stop.stopping.signal,
  };
  const worker = createJobWorker(processVideoJob, { connection: blocking, concurrency, logger }, job =>
    processVideo(context, job.videoId),
  );

  observeQueue(metrics, { forkEm, jobs, logger });
  const folders = { ...getStorageFolders(env.storage), temp: tempDir };
  observeDependencies(metrics, { database, redis, redisConfig, storage, folders, logger });
  const health = createHealthServer({
    ...{ database, redis, redisConfig, storage, jobs, worker, concurrency, sandbox, metrics, logger },
    ffmpeg: await readFfmpegVersion(),
  });

  const tasks: PeriodicTask[] = [];
  return {
    health,
    worker,
    startBackgroundTasks() {
      const reconcile = createReconciler({ ...context, ...processing, forkEm });
      const reconciler = startPeriodicTask('reconciler', reconcileSeconds, reconcile, logger);
      const sweepers = startSweepers({ ...context, forkEm });
      const canTakeJobs = () => blocking.status === 'ready';
      const heartbeat = startHeartbeat({ forkEm, capacity: concurrency, canTakeJobs, logger });
      tasks.push(heartbeat, reconciler, sweepers);
    },
    shutdown: createShutdownSteps(env, { stores, health, worker, tasks, stop }),
  };
}

/**
 * The default folder is one per account, as a folder of another account is not writable. The path is absolute, as
 * ffmpeg runs in a folder of its own.
 */
function resolveTempDir(env: Env): string {
  return resolve(env.worker.tempDir ?? join(tmpdir(), `anb-worker-${userInfo().uid}`));
}

function logSandbox(sandbox: Sandbox, logger: Logger): void {
  if (sandbox.gaps.length === 0) logger.info(describeSandbox(sandbox), 'sandbox');
  else logger.warn(describeSandbox(sandbox), `sandbox incomplete: ${sandbox.gaps.join(' ')}`);
}

interface Stoppable {
  stores: Stores;
  health: Server;
  worker: JobWorker;
  tasks: readonly PeriodicTask[];
  stop: Record<'draining' | 'stopping', AbortController>;
}

function createShutdownSteps(env: Env, { stores, health, worker, tasks, stop }: Stoppable): ShutdownStep[] {
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
  const { redis, blocking, subscriber } = stores;
  return [
    ['work', stopWork],
    ['queue', () => stores.jobs.close()],
    ['health', () => health.close()],
    ['events', () => stores.events.close()],
    ['redis', () => [redis, blocking, subscriber].map(connection => connection.disconnect())],
    ['database', () => closeDatabase(stores.database)],
  ];
}
