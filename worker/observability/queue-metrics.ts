import { Gauge, type Registry } from 'prom-client';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { VideoJobs } from '../../src/videos/processing/video.jobs.ts';
import { readQueueState } from '../../src/videos/queue/queue-state.ts';

export interface QueueMetricsDeps {
  forkEm: () => EntityManager;
  jobs: Pick<VideoJobs, 'countJobs'>;
  logger: Logger;
}

/**
 * Registers gauges of the queue, read at each scrape. Each worker reports the whole queue: take the maximum
 * over workers, not their sum. A gauge that cannot be read has no series, so that an outage never looks like
 * an empty queue.
 */
export function observeQueue(registry: Registry, { forkEm, jobs, logger }: QueueMetricsDeps): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    read: (gauge: Gauge) => Promise<unknown>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        // A gauge without labels is 0 after the reset, which would report an empty queue.
        if (labelNames.length === 0) this.remove();
        await read(this).catch(error => logger.warn({ err: error, name }, 'queue metric not read'));
      },
    });

  gauge('anb_queue_jobs', 'Jobs in the queue in Redis by state', ['state'], async jobsGauge => {
    const counts = await jobs.countJobs();
    for (const [state, count] of Object.entries(counts ?? {})) jobsGauge.set({ state }, count);
  });
  gauge('anb_queue_videos', 'Videos that have not ended, by state', ['state'], async videosGauge => {
    const { waiting, processing, retrying } = await readQueueState(forkEm());
    for (const [state, count] of Object.entries({ waiting, processing, retrying })) {
      videosGauge.set({ state }, count);
    }
  });
  gauge('anb_queue_oldest_seconds', 'Longest wait of a video, in seconds', [], async oldestGauge => {
    oldestGauge.set((await readQueueState(forkEm())).oldestSeconds);
  });
}
