import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FailureReason, ProcessingPhase } from '../../src/videos/video.status.ts';

/** Outcome of an attempt that made no clip. */
export type UnfinishedOutcome = FailureReason | 'RETRIED' | 'REQUEUED' | 'LEASE_LOST';
/** Outcome of an attempt. */
export type Outcome = 'PROCESSED' | UnfinishedOutcome;
/** Outcome of a video that the reconciler failed after its lease had expired. */
export type AbandonedOutcome = 'INTERNAL' | 'POISON';

/** Outcomes with a series from the start, so that the first occurrence is seen as an increase. */
const COUNTED_FROM_START = ['PROCESSED', 'RETRIED', 'INTERNAL', 'POISON'] satisfies (
  | Outcome
  | AbandonedOutcome
)[];

export interface WorkerMetrics {
  /** Counts a video as running until the returned function is called with its outcome. */
  startVideo(): (outcome: Outcome) => void;
  countAbandoned(outcome: AbandonedOutcome): void;
  countSource(sizeBytes: number): void;
  countClip(sizeBytes: number): void;
  /** Measures one phase of a video, also when it fails. */
  time<Result>(phase: ProcessingPhase, run: () => Promise<Result>): Promise<Result>;
}

export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry];
  const outcomes = new Counter({
    name: 'anb_videos_total',
    help: 'Attempts at videos by outcome',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of COUNTED_FROM_START) outcomes.inc({ outcome }, 0);
  const running = new Gauge({ name: 'anb_videos_running', help: 'Videos under processing', registers });
  const phases = new Histogram({
    name: 'anb_video_phase_seconds',
    help: 'Duration of each phase of a video',
    labelNames: ['phase'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300, 600],
    registers,
  });
  const sourceBytes = new Counter({
    name: 'anb_source_bytes_total',
    help: 'Bytes of the sources of all attempts',
    registers,
  });
  const clipBytes = new Counter({
    name: 'anb_clip_bytes_total',
    help: 'Bytes of the published clips',
    registers,
  });
  return {
    countAbandoned: outcome => outcomes.inc({ outcome }),
    countSource: sizeBytes => sourceBytes.inc(sizeBytes),
    countClip: sizeBytes => clipBytes.inc(sizeBytes),
    startVideo() {
      running.inc();
      return outcome => {
        running.dec();
        outcomes.inc({ outcome });
      };
    },
    async time(phase, run) {
      const stop = phases.startTimer({ phase });
      try {
        return await run();
      } finally {
        stop();
      }
    },
  };
}
