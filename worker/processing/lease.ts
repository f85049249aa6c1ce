import type { Logger } from '../../src/platform/observability/logger.ts';
import { outsideTrace } from '../../src/platform/observability/tracing.ts';
import {
  type Claim,
  keepLease,
  type ProcessingDeps,
  recordProgress,
} from '../../src/videos/processing/record-processing.ts';
import { videoChanged } from '../../src/videos/processing/video.events.ts';
import type { ProcessingPhase } from '../../src/videos/video.status.ts';

/** The video was deleted, or another worker has taken it over: what was made for it must go. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** The right to work on a video, kept alive until it is disposed. */
export interface Lease extends AsyncDisposable {
  /** Aborts with {@link LeaseLost}, within a moment of a deletion. */
  readonly signal: AbortSignal;
  /**
   * Tells followers how far the work is, and in how many seconds to expect the clip if that has changed. While one report is
   * written the latest of the others waits.
   */
  report(phase: ProcessingPhase, percent: number, secondsLeft?: number | null): void;
}

export interface LeaseDeps extends ProcessingDeps {
  leaseSeconds: number;
  logger: Logger;
}

/** Keeps a claim's lease by a heartbeat three times as fast as it runs out. */
export async function holdLease(deps: LeaseDeps, claim: Claim): Promise<Lease> {
  const { leaseSeconds, logger } = deps;
  const lost = new AbortController();
  const lose = (why: string) => lost.abort(new LeaseLost(why));
  let keptAt = performance.now();

  /** Writes to the row; a database that is away is forgiven for as long as the lease lasts without it. */
  const beat = async (write: () => Promise<boolean>) => {
    if (lost.signal.aborted) return;
    try {
      if (await write()) keptAt = performance.now();
      else lose('The row is no longer ours');
    } catch (error) {
      logger.warn({ err: error }, 'heartbeat failed');
      if (performance.now() - keptAt > leaseSeconds * 1000) lose('The lease ran out');
    }
  };
  const fork = () => ({ ...deps, em: deps.em.fork() });
  const keep = () => beat(() => keepLease(fork(), claim, leaseSeconds));

  let waiting: (() => Promise<void>) | undefined;
  let reporting: Promise<void> | undefined;
  const writeReports = async () => {
    for (let write = waiting; write; write = waiting) {
      waiting = undefined;
      await write();
    }
    reporting = undefined;
  };

  const stopListening = await deps.events.subscribe(videoChanged, claim.videoId, event => {
    if (event === null) void keep();
    else if (event.deleted) lose('The video was deleted');
  });
  const heartbeat = setInterval(
    () => {
      // A write to a database that hangs does not fail either.
      if (performance.now() - keptAt > leaseSeconds * 1000) lose('The lease ran out');
      void keep();
    },
    (leaseSeconds * 1000) / 3,
  );

  return {
    signal: lost.signal,
    report(phase, percent, secondsLeft = null) {
      const progress = { phase, percent, secondsLeft };
      const write = () => recordProgress(fork(), claim, progress, leaseSeconds);
      waiting = () => beat(() => outsideTrace(write));
      reporting ??= writeReports();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      stopListening();
      waiting = undefined;
      await reporting;
    },
  };
}
