import { describe, expect, it } from 'vitest';
import { estimateSecondsLeft } from '../../../worker/processing/estimate-seconds-left.ts';

describe('what a rendering still needs', () => {
  it('is unknown while nothing is done and there has been no clip to measure by', () => {
    expect(estimateSecondsLeft({ percent: 0, elapsedSeconds: 1, usualSeconds: null })).toBeNull();
    expect(estimateSecondsLeft({ percent: 4.9, elapsedSeconds: 1, usualSeconds: null })).toBeNull();
  });

  it('is what is usual while little is done, and never less than nothing', () => {
    expect(estimateSecondsLeft({ percent: 2, elapsedSeconds: 3, usualSeconds: 20 })).toBe(17);
    expect(estimateSecondsLeft({ percent: 2, elapsedSeconds: 30, usualSeconds: 20 })).toBe(0);
  });

  it('follows its own pace once a quarter is done, whatever is usual', () => {
    for (const usualSeconds of [null, 1, 1000]) {
      const left = estimateSecondsLeft({ percent: 25, elapsedSeconds: 10, usualSeconds }) ?? 0;
      // 30 more of encoding, and what comes after it.
      expect(left).toBeGreaterThanOrEqual(30);
      expect(left).toBeLessThan(40);
    }
  });

  it('goes over from the one to the other without a leap', () => {
    const steps = Array.from({ length: 45 }, (_, half) => {
      const percent = 4 + half / 2;
      const elapsedSeconds = (percent / 100) * 60;
      return estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds: 20 }) ?? 0;
    });
    for (const [index, step] of steps.entries()) {
      expect(Math.abs(step - (steps[index - 1] ?? step))).toBeLessThan(3);
    }
  });
});
