import { withOrientation } from '../../kit/media/mp4-edits.ts';
import { createColorFilter, createColorTags, H264 } from '../../kit/media/test-pattern-source.ts';
import type { FormatCase } from './format-case.ts';

const SMALL = { width: 640, height: 360 };
const HD = { width: 1280, height: 720 };

/** Signal levels, of 255, for reference white and the gray card (ITU-R BT.2408-7, table 1). */
const HLG = { white: 191, gray: 97 };
const PQ = { white: 148, gray: 97 };

const hevc = (...parameters: string[]) => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1'],
  ...['-x265-params', ['log-level=error', 'crf=18', ...parameters].join(':')],
];
const bt2020 = (range = 'tv') => createColorFilter('bt2020', 'yuv420p10le', range);
const wideGamutTags = (transfer: string, range = 'tv') =>
  createColorTags('bt2020nc', 'bt2020', transfer, range);
const MASTERED = 'master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,1)';

/** Colour matrices, ranges, depths, and dynamic ranges. */
export const COLORS: FormatCase[] = [
  {
    title: 'full range, from QuickTime and action cameras',
    source: {
      ...{ ...SMALL, colors: createColorFilter('bt709', 'yuvj420p', 'pc'), container: 'mov' },
      encode: [...H264, ...createColorTags('bt709', 'bt709', 'bt709', 'pc')],
    },
  },
  { title: 'high definition without colour tags', source: { ...HD, encode: H264 } },
  {
    title: 'standard definition without colour tags',
    source: { width: 640, height: 480, colors: createColorFilter('bt601'), encode: H264 },
    fitted: [960, 720],
  },
  {
    title: 'high definition in BT.601',
    source: {
      ...{ ...HD, colors: createColorFilter('bt601') },
      encode: [...H264, ...createColorTags('smpte170m', 'smpte170m', 'smpte170m')],
    },
  },
  {
    title: 'high definition in BT.601 for Europe with full range, from Android phones',
    source: {
      ...{ ...HD, colors: createColorFilter('bt601', 'yuvj420p', 'pc') },
      encode: [...H264, ...createColorTags('bt470bg', 'bt470bg', 'smpte170m', 'pc')],
    },
  },
  {
    title: 'SMPTE 240M, from early HD camcorders',
    source: {
      ...{ ...SMALL, colors: createColorFilter('smpte240m') },
      encode: [...H264, ...createColorTags('smpte240m', 'smpte240m', 'smpte240m')],
    },
  },
  {
    title: 'BT.2020 in standard dynamic range',
    source: {
      ...SMALL,
      colors:
        'zscale=pin=709:tin=709:min=gbr:rin=full:p=2020:t=2020_10:m=2020_ncl:r=limited,format=yuv420p10le',
      encode: [...H264, ...wideGamutTags('bt2020-10')],
    },
  },
  { title: '10 bits', source: { ...SMALL, colors: createColorFilter('bt709', 'yuv420p10le') } },
  {
    title: 'RGB',
    source: {
      ...SMALL,
      colors: 'format=rgb24',
      encode: ['-c:v', 'libx264rgb', '-preset', 'ultrafast', '-crf', '18'],
    },
  },
  {
    title: 'HLG',
    source: { ...SMALL, ...HLG, colors: bt2020(), encode: [...hevc(), ...wideGamutTags('arib-std-b67')] },
    hdr: true,
  },
  {
    title: 'HLG from an upright phone',
    source: {
      ...{ width: 360, height: 640, ...HLG, colors: bt2020(), filters: ['transpose=cclock'] },
      ...{ encode: [...hevc(), ...wideGamutTags('arib-std-b67')], container: 'mov' },
      edit: file => withOrientation(file, [0, 1, -1, 0]),
    },
    fitted: [406, 720],
    hdr: true,
  },
  {
    title: 'HLG in full range',
    source: {
      ...SMALL,
      ...HLG,
      colors: bt2020('pc'),
      encode: [...hevc('range=full'), ...wideGamutTags('arib-std-b67', 'pc')],
    },
    hdr: true,
  },
  {
    title: 'PQ',
    source: { ...SMALL, ...PQ, colors: bt2020(), encode: [...hevc(), ...wideGamutTags('smpte2084')] },
    hdr: true,
  },
  {
    title: 'PQ of a dim scene',
    source: {
      ...{ ...SMALL, ...PQ, colors: bt2020() },
      encode: [...hevc('hdr10=1', MASTERED, 'max-cll=90,40'), ...wideGamutTags('smpte2084')],
    },
    hdr: true,
  },
  {
    title: 'PQ of a bright scene',
    source: {
      ...{ ...SMALL, ...PQ, colors: bt2020() },
      encode: [...hevc('hdr10=1', MASTERED, 'max-cll=10000,400'), ...wideGamutTags('smpte2084')],
    },
    hdr: true,
  },
];
