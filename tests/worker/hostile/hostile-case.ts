import type { SourceFault } from '../../../src/videos/video.status.ts';

/**
 * The outcome that a player sees. `INTERNAL` is not among them: no uploaded file may cause an internal
 * failure.
 */
export type Outcome = 'PROCESSED' | SourceFault;

/** A malicious or damaged file, made from a good one, and its allowed outcomes. */
export type HostileCase = readonly [
  name: string,
  outcomes: readonly Outcome[],
  make: (good: Buffer) => Buffer,
];

export const FINE: readonly Outcome[] = ['PROCESSED'];
export const NO_VIDEO: readonly Outcome[] = ['NOT_A_VIDEO'];
export const UNKNOWN: readonly Outcome[] = ['UNSUPPORTED_FORMAT'];
export const DAMAGED: readonly Outcome[] = ['CORRUPT'];
/** Numbers that are wrong or too large; ffmpeg does not report which. */
export const TOO_MUCH: readonly Outcome[] = ['CORRUPT', 'UNSUPPORTED_FORMAT'];
/** Contradictory timestamps: processed as far as possible, or refused. */
export const ODD_TIME: readonly Outcome[] = [...FINE, ...TOO_MUCH, 'TOO_LONG', 'TOO_SHORT', 'TIMED_OUT'];
/** Random damage: the outcome depends on the damaged field. */
export const ANY: readonly Outcome[] = [...ODD_TIME, 'NOT_A_VIDEO', 'RESOLUTION_TOO_LOW'];

/** Creates a generator of 32-bit integers: the same seed gives the same numbers (mulberry32). */
export function createRandomIntegers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Returns random bytes: the same seed gives the same bytes. */
export function createNoise(length: number, seed: number): Buffer {
  const next = createRandomIntegers(seed);
  return Buffer.from(Array.from({ length }, () => next() % 256));
}
