import { createServer, type Server } from 'node:http';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Database } from '../../src/platform/database/database.ts';
import { checkDependencies, sendJson } from '../../src/platform/health/health.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { sendMetrics } from '../../src/platform/observability/metrics.ts';
import type { JobWorker } from '../../src/platform/queue/job-worker.ts';
import type { RedisConfigCheck } from '../../src/platform/redis/check-redis-config.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import type { VideoJobs } from '../../src/videos/processing/video.jobs.ts';
import { describeSandbox, type Sandbox } from '../ffmpeg/sandbox.ts';

export interface HealthDeps {
  database: Database;
  redis: Redis;
  redisConfig: RedisConfigCheck;
  storage: Storage;
  jobs: VideoJobs;
  worker: JobWorker;
  concurrency: number;
  /** Output of `ffmpeg -version`, read at start so that a request starts no process. */
  ffmpeg: string;
  sandbox: Sandbox;
  metrics: Registry;
  logger: Logger;
}

/**
 * Creates the worker's HTTP server for `/health`, `/health/detailed` and `/metrics`; it does not listen yet.
 */
export function createHealthServer(deps: HealthDeps): Server {
  return createServer(async (request, response) => {
    const path = request.url?.split('?', 1)[0];
    try {
      if (path === '/health') sendJson(response, 200, { status: 'ok' });
      else if (path === '/metrics') await sendMetrics(response, deps.metrics);
      else if (path === '/health/detailed') {
        const report = await checkHealth(deps);
        sendJson(response, report.healthy ? 200 : 503, report);
      } else sendJson(response, 404, { error: 'Not found' });
    } catch (error) {
      deps.logger.error({ err: error, path }, 'health request failed');
      if (!response.headersSent) sendJson(response, 500, { error: 'Something went wrong' });
    }
  });
}

async function checkHealth({ jobs, worker, concurrency, ffmpeg, sandbox, redisConfig, ...deps }: HealthDeps) {
  const [{ database, redis, storage }, queue] = await Promise.all([
    checkDependencies(deps),
    jobs.countJobs(),
  ]);
  const redisFaults = redisConfig.faults;
  const healthy = database && redis && redisFaults.length === 0 && Object.values(storage).every(Boolean);
  return {
    healthy,
    database,
    redis,
    redisFaults,
    storage,
    ffmpeg: ffmpeg.split('\n', 1)[0],
    sandbox: describeSandbox(sandbox),
    concurrency,
    running: worker.running,
    queue,
  };
}
