import { poke } from './mp4.ts';

/** How a player maps a stored point to a shown one: `x' = ax + cy`, `y' = bx + dy` (ISO/IEC 14496-12, 6.2.2). */
type Orientation = readonly [a: number, b: number, c: number, d: number];

const TRACK = 'moov/trak/tkhd';
const ONE = 2 ** 16;

/** `file` with a display matrix on its first track; without the shift that would keep the picture in place, as some cameras leave it. */
export const oriented = (file: Buffer, [a, b, c, d]: Orientation): Buffer =>
  poke(file, TRACK, 40, a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 2 ** 30);

/** `file` with its first track switched off, yet part of the movie. */
export const switchedOff = (file: Buffer): Buffer => poke(file, TRACK, 0, 2);

/** `file` with no word about its duration, or its first track's, but the times of the frames. */
export const withoutDuration = (file: Buffer): Buffer =>
  poke(poke(poke(file, TRACK, 20, 0), 'moov/mvhd', 16, 0), 'moov/trak/mdia/mdhd', 16, 0);
