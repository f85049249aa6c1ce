import type { EntityManager } from '../../src/platform/database/database.ts';
import { type ReconcileDeps, reconcileVideos } from '../../src/videos/processing/reconcile-videos.ts';
import { reportAbandoned } from '../processing/report-abandoned.ts';
import type { WorkerContext } from '../worker-context.ts';

export interface ReconcilerDeps
  extends Pick<ReconcileDeps, 'jobs' | 'events' | 'maxWorkerDeaths'>,
    Pick<WorkerContext, 'logger' | 'metrics'> {
  forkEm: () => EntityManager;
}

/**
 * Returns a function that reconciles once. A run fails videos only if the run before succeeded: leases also
 * expire during a database outage, after which their workers requeue the videos before the second run.
 */
export function createReconciler({ forkEm, logger, metrics, ...deps }: ReconcilerDeps): () => Promise<void> {
  let lastRunSucceeded = false;
  return async () => {
    const leasesReliable = lastRunSucceeded;
    lastRunSucceeded = false;
    const reconciliation = await reconcileVideos({ ...deps, em: forkEm(), leasesReliable });
    lastRunSucceeded = true;
    reportAbandoned(reconciliation, { logger, metrics });
  };
}
