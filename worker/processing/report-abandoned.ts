import type { ReconcileResult } from '../../src/videos/processing/reconcile-videos.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Logs and counts the videos that the reconciler failed after their lease had expired. */
export function reportAbandoned(
  reconciliation: ReconcileResult | null,
  { logger, metrics }: Pick<WorkerContext, 'logger' | 'metrics'>,
): void {
  for (const { videoId, attempt, poison } of reconciliation?.failed ?? []) {
    logger.error(
      { videoId, attempt },
      poison ? 'failed: worker deaths reached the limit' : 'failed: lease expired, no attempts left',
    );
    metrics.countAbandoned(poison ? 'POISON' : 'INTERNAL');
  }
}
