import { withOrientation } from '../../kit/media/mp4-edits.ts';
import { BT709, createColorFilter, H264 } from '../../kit/media/test-pattern-source.ts';
import type { FormatCase } from './format-case.ts';

type Matrix = Parameters<typeof withOrientation>[1];

const LANDSCAPE = { width: 640, height: 360 };
const PORTRAIT = { width: 360, height: 640 };
const FULL_HEIGHT: [number, number] = [406, 720];

/** A recording of a rotated or mirrored sensor: the file's matrix turns the stored frames upright. */
const rotated = (title: string, shape: typeof LANDSCAPE, stored: string, matrix: Matrix): FormatCase => ({
  title,
  source: { ...shape, filters: [stored], edit: file => withOrientation(file, matrix) },
  ...(shape === PORTRAIT && { fitted: FULL_HEIGHT }),
});

/** Orientations, aspect ratios and sizes of frames. */
export const SHAPES: FormatCase[] = [
  { title: 'landscape', source: LANDSCAPE },
  { title: 'portrait', source: PORTRAIT, fitted: FULL_HEIGHT },
  rotated('rotated by 90 degrees', PORTRAIT, 'transpose=cclock', [0, 1, -1, 0]),
  rotated('rotated by 180 degrees', LANDSCAPE, 'hflip,vflip', [-1, 0, 0, -1]),
  rotated('rotated by 270 degrees', PORTRAIT, 'transpose=clock', [0, -1, 1, 0]),
  rotated('mirrored', LANDSCAPE, 'hflip', [-1, 0, 0, 1]),
  rotated('mirrored and rotated by 90 degrees', PORTRAIT, 'transpose=clock_flip', [0, -1, -1, 0]),
  rotated('mirrored and rotated by 180 degrees', LANDSCAPE, 'vflip', [1, 0, 0, -1]),
  rotated('mirrored and rotated by 270 degrees', PORTRAIT, 'transpose=cclock_flip', [0, 1, 1, 0]),
  { title: 'square', source: { width: 480, height: 480 }, fitted: [720, 720] },
  { title: 'wider than 16:9', source: { width: 960, height: 400 }, fitted: [1280, 534] },
  { title: 'narrow, like phone screens', source: { width: 360, height: 800 }, fitted: [324, 720] },
  { title: 'pixels wider than high', source: { width: 480, height: 360, pixelAspect: 4 / 3 } },
  {
    title: 'pixels higher than wide',
    source: { width: 720, height: 480, pixelAspect: 8 / 9 },
    fitted: [960, 720],
  },
  {
    title: 'pixels wider than high, rotated',
    source: {
      ...{ width: 360, height: 480, pixelAspect: 3 / 4, filters: ['transpose=cclock'] },
      edit: file => withOrientation(file, [0, 1, -1, 0]),
    },
    fitted: FULL_HEIGHT,
  },
  {
    title: 'odd width and height',
    source: {
      width: 641,
      height: 363,
      colors: createColorFilter('bt709', 'yuv444p'),
      encode: [...H264, ...BT709],
    },
    fitted: [1272, 720],
  },
  {
    title: 'odd width and height with 4:2:0 chroma',
    source: {
      width: 641,
      height: 363,
      encode: ['-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime', '-b:v', '4M', ...BT709],
    },
    fitted: [1272, 720],
  },
];
