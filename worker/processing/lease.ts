import type { Logger } from '../../src/platform/observability/logger.ts';
import { outsideTrace } from '../../src/platform/observability/tracing.ts';
import { type Claim, type ProcessingDeps, renewLease } from '../../src/videos/processing/claim-video.ts';
import { recordProgress } from '../../src/videos/processing/record-processing.ts';
import { videoChanged } from '../../src/videos/processing/video.events.ts';
import type { ProcessingPhase } from '../../src/videos/video.status.ts';

/** The video was deleted or another worker has claimed it: the output of this attempt must be dropped. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** The right to process a video, renewed until it is disposed. */
export interface Lease extends AsyncDisposable {
  /** Aborts with {@link LeaseLost}; immediately after the event of a deletion. */
  readonly signal: AbortSignal;
  /**
   * Records progress, and the estimated seconds until the clip is published if the estimate has changed.
   * While one report is written, only the latest of the others waits.
   */
  report(phase: ProcessingPhase, percent: number, secondsLeft?: number | null): void;
}

export interface LeaseDeps extends ProcessingDeps {
  leaseSeconds: number;
  logger: Logger;
}

/** Renews a claim's lease by a heartbeat, three times in each lease. */
export async function holdLease(deps: LeaseDeps, claim: Claim): Promise<Lease> {
  const { leaseSeconds, logger } = deps;
  const lost = new AbortController();
  const lose = (reason: string) => lost.abort(new LeaseLost(reason));
  let renewedAt = performance.now();

  /** Writes to the row; database errors are ignored until the lease has expired. */
  const renewBy = async (write: () => Promise<boolean>) => {
    if (lost.signal.aborted) return;
    try {
      if (await write()) renewedAt = performance.now();
      else lose('The row belongs to another attempt or is deleted');
    } catch (error) {
      logger.warn({ err: error }, 'heartbeat failed');
      if (performance.now() - renewedAt > leaseSeconds * 1000) lose('The lease expired');
    }
  };
  const fork = () => ({ ...deps, em: deps.em.fork() });
  const renew = () => renewBy(() => renewLease(fork(), claim, leaseSeconds));

  let nextReport: (() => Promise<void>) | undefined;
  let reporting: Promise<void> | undefined;
  const writeReports = async () => {
    for (let write = nextReport; write; write = nextReport) {
      nextReport = undefined;
      await write();
    }
    reporting = undefined;
  };

  const unsubscribe = await deps.events.subscribe(videoChanged, claim.videoId, event => {
    if (event === null) void renew();
    else if (event.deleted) lose('The video was deleted');
  });
  const heartbeat = setInterval(
    () => {
      // A write to a database that hangs does not fail, so the time is checked here too.
      if (performance.now() - renewedAt > leaseSeconds * 1000) lose('The lease expired');
      void renew();
    },
    (leaseSeconds * 1000) / 3,
  );

  return {
    signal: lost.signal,
    report(phase, percent, secondsLeft = null) {
      const progress = { phase, percent, secondsLeft };
      const write = () => recordProgress(fork(), claim, progress, leaseSeconds);
      nextReport = () => renewBy(() => outsideTrace(write));
      reporting ??= writeReports();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      unsubscribe();
      nextReport = undefined;
      await reporting;
    },
  };
}
