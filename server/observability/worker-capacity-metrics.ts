import { Gauge, type Registry } from 'prom-client';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { readTotalCapacity } from '../../src/videos/queue/worker-registry.ts';

/**
 * Registers the gauge of total worker capacity. The API reports this gauge, because a crashed worker cannot.
 * Without a database the gauge has no series.
 */
export function observeWorkerCapacity(
  registry: Registry,
  { forkEm, logger }: { forkEm: () => EntityManager; logger: Logger },
): void {
  new Gauge({
    name: 'anb_worker_slots',
    help: 'Videos that all active workers can process concurrently',
    registers: [registry],
    async collect() {
      this.remove();
      try {
        this.set(await readTotalCapacity(forkEm()));
      } catch (error) {
        logger.warn({ err: error }, 'worker capacity query failed');
      }
    },
  });
}
