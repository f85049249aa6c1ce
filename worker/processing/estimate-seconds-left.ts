/** Measured: joining the parts and checking the clip take about this share of the encoding before it. */
const AFTER_ENCODING = 0.15;
/** Percent of the clip from which its own pace says something, and from which it says everything. */
const FIRST_WORD_PERCENT = 5;
const LAST_WORD_PERCENT = 25;

export interface Progress {
  /** Of this attempt's own output. */
  percent: number;
  elapsedSeconds: number;
  /** What all of it takes at the pace of the newest clips; null while there are none. */
  usualSeconds: number | null;
}

/**
 * Seconds that a rendering still needs: at the usual pace as long as little is done, and more and more at its own;
 * null while neither is known.
 */
export function estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds }: Progress): number | null {
  const usual = usualSeconds === null ? null : Math.max(0, usualSeconds - elapsedSeconds);
  if (percent < FIRST_WORD_PERCENT) return usual;
  const encodingSeconds = (elapsedSeconds * 100) / percent;
  const own = encodingSeconds * (1 + AFTER_ENCODING) - elapsedSeconds;
  const weight = Math.min(1, (percent - FIRST_WORD_PERCENT) / (LAST_WORD_PERCENT - FIRST_WORD_PERCENT));
  return usual === null ? own : own * weight + usual * (1 - weight);
}
