/** Measured: joining the parts and verifying the clip take about this share of the encoding before. */
const AFTER_ENCODING = 0.15;
/**
 * Below the first percentage the own pace is ignored; from the second on the estimate uses the own pace only.
 */
const OWN_PACE_FROM_PERCENT = 5;
const OWN_PACE_ONLY_FROM_PERCENT = 25;

export interface Progress {
  /** Of the output of this attempt. */
  percent: number;
  elapsedSeconds: number;
  /** Total duration at the pace of the newest clips; null while there are none. */
  usualSeconds: number | null;
}

/**
 * Returns the seconds that a rendering still needs: by the usual pace at first, then with growing weight by
 * its own pace; null while neither is known.
 */
export function estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds }: Progress): number | null {
  const usual = usualSeconds === null ? null : Math.max(0, usualSeconds - elapsedSeconds);
  if (percent < OWN_PACE_FROM_PERCENT) return usual;
  const encodingSeconds = (elapsedSeconds * 100) / percent;
  const own = encodingSeconds * (1 + AFTER_ENCODING) - elapsedSeconds;
  const range = OWN_PACE_ONLY_FROM_PERCENT - OWN_PACE_FROM_PERCENT;
  const weight = Math.min(1, (percent - OWN_PACE_FROM_PERCENT) / range);
  return usual === null ? own : own * weight + usual * (1 - weight);
}
