import type { Reconciliation } from '../../src/videos/processing/reconcile-videos.ts';
import type { WorkerContext } from '../context.ts';

/** Tells operators of videos that ended because nobody was at them any more. */
export function reportAbandoned(
  mended: Reconciliation | null,
  { logger, metrics }: Pick<WorkerContext, 'logger' | 'metrics'>,
): void {
  for (const { videoId, attempt, poison } of mended?.ended ?? []) {
    logger.error(
      { videoId, attempt },
      poison ? 'stopped: workers died of it' : 'failed for good: its worker is gone',
    );
    metrics.countAbandoned(poison ? 'POISON' : 'INTERNAL');
  }
}
