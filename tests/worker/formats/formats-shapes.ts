import { oriented } from '../../kit/media/mp4-edits.ts';
import { BT709, H264, inColors } from '../../kit/media/test-pattern-source.ts';
import type { FormatRow } from './formats-row.ts';

type Matrix = Parameters<typeof oriented>[1];

const LANDSCAPE = { width: 640, height: 360 };
const PORTRAIT = { width: 360, height: 640 };
const FULL_HEIGHT: [number, number] = [406, 720];

/** A recording by a device that is held so that its sensor sees the card in another way than it is meant to be seen. */
const held = (title: string, shape: typeof LANDSCAPE, stored: string, matrix: Matrix): FormatRow => ({
  title,
  source: { ...shape, filters: [stored], edit: file => oriented(file, matrix) },
  ...(shape === PORTRAIT && { fitted: FULL_HEIGHT }),
});

/** How pictures lie in their files, and in their pixels. */
export const SHAPES: FormatRow[] = [
  { title: 'landscape', source: LANDSCAPE },
  { title: 'portrait', source: PORTRAIT, fitted: FULL_HEIGHT },
  held('turned by 90 degrees', PORTRAIT, 'transpose=cclock', [0, 1, -1, 0]),
  held('turned by 180 degrees', LANDSCAPE, 'hflip,vflip', [-1, 0, 0, -1]),
  held('turned by 270 degrees', PORTRAIT, 'transpose=clock', [0, -1, 1, 0]),
  held('mirrored', LANDSCAPE, 'hflip', [-1, 0, 0, 1]),
  held('mirrored and turned by 90 degrees', PORTRAIT, 'transpose=clock_flip', [0, -1, -1, 0]),
  held('mirrored and turned by 180 degrees', LANDSCAPE, 'vflip', [1, 0, 0, -1]),
  held('mirrored and turned by 270 degrees', PORTRAIT, 'transpose=cclock_flip', [0, 1, 1, 0]),
  { title: 'square', source: { width: 480, height: 480 }, fitted: [720, 720] },
  { title: 'wider than 16:9', source: { width: 960, height: 400 }, fitted: [1280, 534] },
  { title: 'as narrow as phones are', source: { width: 360, height: 800 }, fitted: [324, 720] },
  { title: 'pixels wider than high', source: { width: 480, height: 360, pixelAspect: 4 / 3 } },
  {
    title: 'pixels higher than wide',
    source: { width: 720, height: 480, pixelAspect: 8 / 9 },
    fitted: [960, 720],
  },
  {
    title: 'pixels wider than high, turned',
    source: {
      ...{ width: 360, height: 480, pixelAspect: 3 / 4, filters: ['transpose=cclock'] },
      edit: file => oriented(file, [0, 1, -1, 0]),
    },
    fitted: FULL_HEIGHT,
  },
  {
    title: 'odd sides',
    source: { width: 641, height: 363, colors: inColors('bt709', 'yuv444p'), encode: [...H264, ...BT709] },
    fitted: [1272, 720],
  },
  {
    title: 'odd sides and halved colours',
    source: {
      width: 641,
      height: 363,
      encode: ['-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime', '-b:v', '4M', ...BT709],
    },
    fitted: [1272, 720],
  },
];
