import { randomUUID } from 'node:crypto';
import { type PeriodicTask, startPeriodicTask } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import {
  deregisterWorker,
  HEARTBEAT_SECONDS,
  recordHeartbeat,
} from '../../src/videos/queue/worker-registry.ts';

export interface HeartbeatDeps {
  forkEm: () => EntityManager;
  /** Videos that this process works on at once. */
  capacity: number;
  /** Whether the queue can be reached: who has a database only takes no jobs. */
  canTakeJobs: () => boolean;
  logger: Logger;
}

/** Has what is forecast to waiting players count on this process for as long as it takes jobs. */
export function startHeartbeat({
  forkEm,
  capacity: slots,
  canTakeJobs,
  logger,
}: HeartbeatDeps): PeriodicTask {
  const workerId = randomUUID();
  const report = async () => {
    if (canTakeJobs()) await recordHeartbeat(forkEm(), { workerId, slots });
  };
  const loop = startPeriodicTask('presence', HEARTBEAT_SECONDS, report, logger);
  return {
    async stop() {
      await loop.stop();
      await deregisterWorker(forkEm(), workerId).catch(error =>
        logger.warn({ err: error }, 'not dismissed; nobody counts on this worker in a few seconds anyway'),
      );
    },
  };
}
