import type { EntityManager } from '../../src/platform/database/database.ts';
import { type ReconcileDeps, reconcileVideos } from '../../src/videos/processing/reconcile-videos.ts';
import type { WorkerContext } from '../context.ts';
import { reportAbandoned } from '../processing/report-abandoned.ts';

export interface ReconcilerDeps
  extends Pick<ReconcileDeps, 'jobs' | 'events' | 'maxWorkerDeaths'>,
    Pick<WorkerContext, 'logger' | 'metrics'> {
  forkEm: () => EntityManager;
}

/**
 * One run of this process's reconciler at each call. It ends videos only if the run before went well: leases also run out
 * while the database is away, and after that their workers hand them back sooner than the second run comes.
 */
export function createReconciler({ forkEm, logger, metrics, ...deps }: ReconcilerDeps): () => Promise<void> {
  let wentWell = false;
  return async () => {
    const mayEnd = wentWell;
    wentWell = false;
    const mended = await reconcileVideos({ ...deps, em: forkEm(), mayEnd });
    wentWell = true;
    reportAbandoned(mended, { logger, metrics });
  };
}
