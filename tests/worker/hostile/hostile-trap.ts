import type { SourceFault } from '../../../src/videos/video.status.ts';

/** What a player is told about a file. `INTERNAL`, our own fault, is never the answer to one. */
export type Ending = 'PROCESSED' | SourceFault;

/** A file that somebody made to do harm, or that a broken recorder made, out of a good one; and how it may end. */
export type Trap = readonly [name: string, ends: readonly Ending[], make: (good: Buffer) => Buffer];

export const FINE: readonly Ending[] = ['PROCESSED'];
export const NO_VIDEO: readonly Ending[] = ['NOT_A_VIDEO'];
export const UNKNOWN: readonly Ending[] = ['UNSUPPORTED_FORMAT'];
export const DAMAGED: readonly Ending[] = ['CORRUPT'];
/** Numbers that are wrong or too large: which, nobody can tell. */
export const TOO_MUCH: readonly Ending[] = ['CORRUPT', 'UNSUPPORTED_FORMAT'];
/** Time without sense: shown as far as it goes, or refused. */
export const ODD_TIME: readonly Ending[] = [...FINE, ...TOO_MUCH, 'TOO_LONG', 'TOO_SHORT', 'TIMED_OUT'];
/** Whatever the damage has hit. */
export const ANY: readonly Ending[] = [...ODD_TIME, 'NOT_A_VIDEO', 'RESOLUTION_TOO_LOW'];

/** Whole numbers of 32 bits, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Bytes without sense, the same for the same seed. */
export function noise(length: number, seed: number): Buffer {
  const next = randomFrom(seed);
  return Buffer.from(Array.from({ length }, () => next() % 256));
}
