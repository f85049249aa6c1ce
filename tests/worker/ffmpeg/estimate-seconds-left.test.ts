import { describe, expect, it } from 'vitest';
import { estimateSecondsLeft } from '../../../worker/processing/estimate-seconds-left.ts';

describe('estimated seconds left of a rendering', () => {
  it('are null at the start without an earlier clip', () => {
    expect(estimateSecondsLeft({ percent: 0, elapsedSeconds: 1, usualSeconds: null })).toBeNull();
    expect(estimateSecondsLeft({ percent: 4.9, elapsedSeconds: 1, usualSeconds: null })).toBeNull();
  });

  it('follow the usual duration at the start, and are never negative', () => {
    expect(estimateSecondsLeft({ percent: 2, elapsedSeconds: 3, usualSeconds: 20 })).toBe(17);
    expect(estimateSecondsLeft({ percent: 2, elapsedSeconds: 30, usualSeconds: 20 })).toBe(0);
  });

  it('follow the current pace after a quarter, regardless of the usual duration', () => {
    for (const usualSeconds of [null, 1, 1000]) {
      const left = estimateSecondsLeft({ percent: 25, elapsedSeconds: 10, usualSeconds }) ?? 0;
      // 30 seconds of encoding, plus the steps after it.
      expect(left).toBeGreaterThanOrEqual(30);
      expect(left).toBeLessThan(40);
    }
  });

  it('change smoothly from the usual duration to the current pace', () => {
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
