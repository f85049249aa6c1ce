import type { Logger } from '../../src/platform/observability/logger.ts';
import { runOutsideTrace } from '../../src/platform/observability/tracing.ts';
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

type Progress = Parameters<typeof recordProgress>[2];

export interface LeaseDeps extends ProcessingDeps {
  leaseSeconds: number;
  logger: Logger;
}

/** Renews a claim's lease three times in each lease, until it is disposed. */
export async function holdLease(deps: LeaseDeps, claim: Claim): Promise<Lease> {
  const renewal = new LeaseRenewal(deps, claim);
  const reports = new LatestWrite();
  const unsubscribe = await deps.events.subscribe(videoChanged, claim.videoId, event => {
    if (event === null) void renewal.renew();
    else if (event.deleted) renewal.lose('The video was deleted');
  });
  const timer = setInterval(
    () => {
      // A write to a database that hangs does not fail, so the time is checked here too.
      renewal.checkExpiry();
      void renewal.renew();
    },
    (deps.leaseSeconds * 1000) / 3,
  );
  return {
    signal: renewal.signal,
    report(phase, percent, secondsLeft = null) {
      reports.write(() => renewal.recordProgress({ phase, percent, secondsLeft }));
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      unsubscribe();
      await reports.stop();
    },
  };
}

/** The lease of one claim in its row; each successful write to the row renews it. */
class LeaseRenewal {
  readonly #deps: LeaseDeps;
  readonly #claim: Claim;
  readonly #lost = new AbortController();
  #renewedAt = performance.now();

  constructor(deps: LeaseDeps, claim: Claim) {
    this.#deps = deps;
    this.#claim = claim;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  lose(reason: string): void {
    this.#lost.abort(new LeaseLost(reason));
  }

  checkExpiry(): void {
    if (performance.now() - this.#renewedAt > this.#deps.leaseSeconds * 1000) this.lose('The lease expired');
  }

  renew(): Promise<void> {
    return this.#write(deps => renewLease(deps, this.#claim, deps.leaseSeconds));
  }

  recordProgress(progress: Progress): Promise<void> {
    return this.#write(deps =>
      runOutsideTrace(() => recordProgress(deps, this.#claim, progress, deps.leaseSeconds)),
    );
  }

  /** Writes to the row; database errors are ignored until the lease has expired. */
  async #write(write: (deps: LeaseDeps) => Promise<boolean>): Promise<void> {
    if (this.signal.aborted) return;
    try {
      const renewed = await write({ ...this.#deps, em: this.#deps.em.fork() });
      if (renewed) this.#renewedAt = performance.now();
      else this.lose('The row belongs to another attempt or is deleted');
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'lease renewal failed');
      this.checkExpiry();
    }
  }
}

/** Runs one write at a time; of the writes that arrive meanwhile, only the latest follows. */
class LatestWrite {
  #next: (() => Promise<void>) | undefined;
  #running: Promise<void> | undefined;

  write(write: () => Promise<void>): void {
    this.#next = write;
    this.#running ??= this.#run();
  }

  /** Drops the write that waits; resolves when the write under way has ended. */
  async stop(): Promise<void> {
    this.#next = undefined;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let write = this.#next; write; write = this.#next) {
      this.#next = undefined;
      await write();
    }
    this.#running = undefined;
  }
}
