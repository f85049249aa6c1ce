import type { Reconciliation } from '../../src/videos/processing/reconcile-videos.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Logs and counts the videos that the reconciler failed after their lease had expired. */
export function reportAbandoned(
  reconciliation: Reconciliation | null,
  { logger, metrics }: Pick<WorkerContext, 'logger' | 'metrics'>,
): void {
  for (const { videoId, attempt, poison } of reconciliation?.failed ?? []) {
    logger.error(
      { videoId, attempt },
      poison ? 'failed: workers died of it' : 'failed: lease expired, no attempts left',
    );
    metrics.countAbandoned(poison ? 'POISON' : 'INTERNAL');
  }
}
