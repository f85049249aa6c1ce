import { Gauge, type Registry } from 'prom-client';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { VideoJobs } from '../../src/videos/processing/video.jobs.ts';
import { readQueueState } from '../../src/videos/queue/queue-state.ts';

export interface QueueMetricsDeps {
  forkEm: () => EntityManager;
  jobs: Pick<VideoJobs, 'counts'>;
  logger: Logger;
}

/**
 * The queue as every worker sees it, looked at when it is scraped: take the maximum over workers, not their sum. What
 * can't be seen has no series, so that an outage never looks like an empty queue.
 */
export function observeQueue(registry: Registry, { forkEm, jobs, logger }: QueueMetricsDeps): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    look: (gauge: Gauge) => Promise<unknown>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        // Without labels it would be 0 now, which is a claim.
        if (labelNames.length === 0) this.remove();
        await look(this).catch(error => logger.warn({ err: error, name }, 'not measured'));
      },
    });

  gauge('anb_queue_jobs', 'Jobs in the queue in Redis by state', ['state'], async jobsGauge => {
    const counts = await jobs.counts();
    for (const [state, count] of Object.entries(counts ?? {})) jobsGauge.set({ state }, count);
  });
  gauge('anb_queue_videos', 'Videos that are not done, by state', ['state'], async videosGauge => {
    const { waiting, processing, retrying } = await readQueueState(forkEm());
    for (const [state, count] of Object.entries({ waiting, processing, retrying })) {
      videosGauge.set({ state }, count);
    }
  });
  gauge('anb_queue_oldest_seconds', 'Age of the video that has waited longest', [], async oldestGauge => {
    oldestGauge.set((await readQueueState(forkEm())).oldestSeconds);
  });
}
