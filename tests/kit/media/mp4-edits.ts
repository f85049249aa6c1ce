import { overwriteNumbers } from './mp4.ts';

/**
 * Display matrix, which maps a stored point to a shown one: `x' = ax + cy`, `y' = bx + dy` (ISO/IEC 14496-12,
 * 6.2.2).
 */
type Orientation = readonly [a: number, b: number, c: number, d: number];

const TRACK = 'moov/trak/tkhd';
const ONE = 2 ** 16;

/** Sets the display matrix of the first track. Omits the translation, as some cameras do. */
export const withOrientation = (file: Buffer, [a, b, c, d]: Orientation): Buffer =>
  overwriteNumbers(file, TRACK, 40, a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 2 ** 30);

/** Disables the first track and keeps it in the movie. */
export const withTrackDisabled = (file: Buffer): Buffer => overwriteNumbers(file, TRACK, 0, 2);

/** Removes the durations of the file and of its first track; keeps the frame times. */
export const withoutDuration = (file: Buffer): Buffer =>
  overwriteNumbers(
    overwriteNumbers(overwriteNumbers(file, TRACK, 20, 0), 'moov/mvhd', 16, 0),
    'moov/trak/mdia/mdhd',
    16,
    0,
  );
