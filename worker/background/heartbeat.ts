import { randomUUID } from 'node:crypto';
import { type Loop, startLoop } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { countOnWorker, dismissWorker, PRESENCE_SECONDS } from '../../src/videos/queue/worker-registry.ts';

export interface PresenceDeps {
  forkEm: () => EntityManager;
  /** Videos that this process works on at once. */
  slots: number;
  /** Whether the queue can be reached: who has a database only takes no jobs. */
  canTakeJobs: () => boolean;
  logger: Logger;
}

/** Has what is forecast to waiting players count on this process for as long as it takes jobs. */
export function startPresence({ forkEm, slots, canTakeJobs, logger }: PresenceDeps): Loop {
  const workerId = randomUUID();
  const report = async () => {
    if (canTakeJobs()) await countOnWorker(forkEm(), { workerId, slots });
  };
  const loop = startLoop('presence', PRESENCE_SECONDS, report, logger);
  return {
    async stop() {
      await loop.stop();
      await dismissWorker(forkEm(), workerId).catch(error =>
        logger.warn({ err: error }, 'not dismissed; nobody counts on this worker in a few seconds anyway'),
      );
    },
  };
}
