/** Measured: joining the parts and verifying the clip take about this share of the encoding before. */
const AFTER_ENCODING = 0.15;
/** Below the first percentage the attempt's own rate is ignored; from the second on only that rate counts. */
const ATTEMPT_RATE_FROM_PERCENT = 5;
const ATTEMPT_RATE_ONLY_FROM_PERCENT = 25;

export interface Progress {
  /** Percentage of the output that exists. */
  percent: number;
  elapsedSeconds: number;
  /** Total duration at the throughput of the newest clips; null while there are none. */
  usualSeconds: number | null;
}

/**
 * Returns the seconds that a rendering still needs; null while no rate is known. The estimate uses the
 * throughput of the newest clips first, and then, with growing weight, the rate of this attempt.
 */
export function estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds }: Progress): number | null {
  const byUsual = usualSeconds === null ? null : Math.max(0, usualSeconds - elapsedSeconds);
  if (percent < ATTEMPT_RATE_FROM_PERCENT) return byUsual;
  const encodingSeconds = (elapsedSeconds * 100) / percent;
  const byAttempt = encodingSeconds * (1 + AFTER_ENCODING) - elapsedSeconds;
  const range = ATTEMPT_RATE_ONLY_FROM_PERCENT - ATTEMPT_RATE_FROM_PERCENT;
  const weight = Math.min(1, (percent - ATTEMPT_RATE_FROM_PERCENT) / range);
  return byUsual === null ? byAttempt : byAttempt * weight + byUsual * (1 - weight);
}
