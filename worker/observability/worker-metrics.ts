import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FailureReason, ProcessingPhase } from '../../src/videos/video.status.ts';

/** How an attempt ended that made no clip. */
export type UnfinishedOutcome = FailureReason | 'RETRIED' | 'HANDED_BACK' | 'LOST';
/** How an attempt ended. */
export type Outcome = 'PROCESSED' | UnfinishedOutcome;
/** How a video ended that no worker was at any more. */
export type AbandonedOutcome = 'INTERNAL' | 'POISON';

/** There before the first of them, so that it is seen as an increase. */
const COUNTED_FROM_START = ['PROCESSED', 'RETRIED', 'INTERNAL', 'POISON'] satisfies (
  | Outcome
  | AbandonedOutcome
)[];

export interface WorkerMetrics {
  /** Counts a video as under way until the returned function is told how it ended. */
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
    help: 'Attempts at videos by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of COUNTED_FROM_START) outcomes.inc({ outcome }, 0);
  const running = new Gauge({ name: 'anb_videos_running', help: 'Videos being processed now', registers });
  const phases = new Histogram({
    name: 'anb_video_phase_seconds',
    help: 'Time that each phase of a video takes',
    labelNames: ['phase'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300, 600],
    registers,
  });
  const sourceBytes = new Counter({
    name: 'anb_source_bytes_total',
    help: 'Bytes of the sources that attempts were made at',
    registers,
  });
  const clipBytes = new Counter({
    name: 'anb_clip_bytes_total',
    help: 'Bytes of the clips that were published',
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
