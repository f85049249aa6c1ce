import { Gauge, type Registry } from 'prom-client';
import type { EntityManager } from '../src/platform/database/database.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { readTotalCapacity } from '../src/videos/queue/worker-registry.ts';

/** How many workers there are, told by the API: a worker that is gone can't tell. Without a database there is no series. */
export function observeWorkerCapacity(
  registry: Registry,
  { forkEm, logger }: { forkEm: () => EntityManager; logger: Logger },
): void {
  new Gauge({
    name: 'anb_worker_slots',
    help: 'Videos that all workers who take jobs process at once',
    registers: [registry],
    async collect() {
      this.remove();
      try {
        this.set(await readTotalCapacity(forkEm()));
      } catch (error) {
        logger.warn({ err: error }, 'workers not counted');
      }
    },
  });
}
