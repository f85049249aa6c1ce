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
  /** Number of videos that this process works on concurrently. */
  capacity: number;
  /** Whether the queue is connected. A worker without Redis takes no jobs. */
  canTakeJobs: () => boolean;
  logger: Logger;
}

/** Counts this process in the queue estimates for as long as it takes jobs. */
export function startHeartbeat({ forkEm, capacity, canTakeJobs, logger }: HeartbeatDeps): PeriodicTask {
  const workerId = randomUUID();
  const report = async () => {
    if (canTakeJobs()) await recordHeartbeat(forkEm(), { workerId, capacity });
  };
  const task = startPeriodicTask('worker heartbeat', HEARTBEAT_SECONDS, report, logger);
  return {
    async stop() {
      await task.stop();
      await deregisterWorker(forkEm(), workerId).catch(error =>
        logger.warn({ err: error }, 'worker not deregistered: expires in a few seconds'),
      );
    },
  };
}
