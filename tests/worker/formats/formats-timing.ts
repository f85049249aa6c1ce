import type { SourceFault } from '../../../src/videos/video.status.ts';
import { withOrientation } from '../../kit/media/mp4-edits.ts';
import { BT709, createColorFilter, createColorTags, H264 } from '../../kit/media/test-pattern-source.ts';
import type { FormatCase } from './format-case.ts';

const SMALL = { width: 640, height: 360 };
const TONE = ['-f', 'lavfi', '-i'];

const atFrameRate = (frameRate: number): FormatCase => ({
  title: `${frameRate.toFixed(3).replace('.000', '')} frames a second`,
  source: { ...SMALL, frameRate },
  longestFrameSeconds: 1 / frameRate,
});

const FIELDS = 'scale=interl=1:out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p';
const encodeFields = (order: 'top' | 'bottom') => [
  ...[...H264, ...BT709, '-flags', '+ilme+ildct', '-top', order === 'top' ? '1' : '0'],
];

/** Frames of two fields: the fields have alternate lines and different times. */
const interlaced = (order: 'top' | 'bottom', frameRate: number): FormatCase => ({
  title: `${2 * frameRate} fields a second, ${order} field first`,
  source: {
    // At more ticks, a counter bit that differs between the fields would be a still pattern of lines.
    ...{ ...SMALL, frameRate: 2 * frameRate, ticksPerSecond: 2 * frameRate },
    filters: [`tinterlace=interleave_${order}`],
    colors: FIELDS,
    encode: encodeFields(order),
  },
  longestFrameSeconds: 1 / frameRate,
});

/**
 * Interlaced frames of a rotated device: the fields follow the stored rows, not those of the upright picture.
 */
const rotatedFields = (
  degrees: number,
  stored: string,
  matrix: Parameters<typeof withOrientation>[1],
): FormatCase => ({
  title: `60 fields a second, rotated by ${degrees} degrees`,
  source: {
    ...(degrees === 180 ? SMALL : { width: SMALL.height, height: SMALL.width }),
    ...{ frameRate: 60, ticksPerSecond: 60, filters: [stored, 'tinterlace=interleave_top'] },
    ...{ colors: FIELDS, encode: encodeFields('top'), edit: file => withOrientation(file, matrix) },
  },
  ...(degrees !== 180 && { fitted: [406, 720] }),
  longestFrameSeconds: 1 / 30,
});

/** A source under the length limits of the contest. */
const withLength = (seconds: number) => ({
  // Ten frames a second give an exact length; at eight ticks a second the counter lasts for a minute.
  source: { ...SMALL, frameRate: 10, ticksPerSecond: 8, seconds },
  longestFrameSeconds: 1 / 10,
  useContestLengths: true,
});

/** Sources of a refused length, and the failure reason. */
export const WRONG_LENGTHS: (Pick<FormatCase, 'source'> & { seconds: number; reason: SourceFault })[] = [
  { ...withLength(19.9), seconds: 19.9, reason: 'TOO_SHORT' },
  { ...withLength(60.1), seconds: 60.1, reason: 'TOO_LONG' },
];

/** Frame rates, timestamps and lengths. */
export const TIMING: FormatCase[] = [
  ...[24000 / 1001, 25, 30000 / 1001, 50, 60, 240].map(atFrameRate),
  {
    title: 'a variable frame rate',
    source: { ...SMALL, frameRate: 60, filters: ["select='lt(t,0.3)+not(mod(n,5))+eq(n,59)'"] },
    longestFrameSeconds: 5 / 60,
  },
  {
    title: 'dropped frames',
    source: { ...SMALL, filters: ["select='not(between(n,7,9)+between(n,20,21))'"] },
    longestFrameSeconds: 4 / 30,
  },
  {
    title: 'frames with jitter',
    source: {
      ...SMALL,
      // ffmpeg 7 gives the last frame of such a file no duration.
      seconds: 1.2,
      filters: ['settb=1/90000', "setpts='PTS+0.012*sin(N*2)/TB'"],
      mux: ['-video_track_timescale', '90000'],
    },
    longestFrameSeconds: 2 / 30,
  },
  interlaced('top', 30),
  interlaced('bottom', 30),
  interlaced('top', 25),
  rotatedFields(90, 'transpose=cclock', [0, 1, -1, 0]),
  rotatedFields(180, 'hflip,vflip', [-1, 0, 0, -1]),
  rotatedFields(270, 'transpose=clock', [0, -1, 1, 0]),
  {
    title: 'B-frames',
    source: { ...SMALL, encode: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', ...BT709] },
  },
  {
    title: 'a beginning cut by an edit list',
    source: {
      ...{ ...SMALL, seconds: 1.5, encode: [...H264, ...BT709, '-g', '250'] },
      copy: { before: ['-ss', '0.5'], after: [] },
    },
    startSeconds: 0.5,
  },
  {
    title: 'a beginning cut by an edit list before B-frames',
    source: {
      ...{
        ...SMALL,
        seconds: 1.5,
        encode: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '250', ...BT709],
      },
      copy: { before: ['-ss', '0.5'], after: [] },
    },
    startSeconds: 0.5,
  },
  {
    title: 'a first frame after the start of the audio',
    source: {
      ...{ ...SMALL, seconds: 1.2, inputs: [...TONE, 'sine=d=3'], filters: ["setpts='PTS+1.7/TB'"] },
      mux: ['-map', '1:a', '-c:a', 'aac'],
    },
  },
  {
    title: 'a first frame with a negative timestamp',
    source: {
      ...{ ...SMALL, encode: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', ...BT709] },
      mux: [
        '-use_editlist',
        '0',
        '-movflags',
        '+negative_cts_offsets',
        '-output_ts_offset',
        '-0.5',
        '-avoid_negative_ts',
        'disabled',
      ],
    },
  },
  {
    title: 'audio longer than the video',
    source: { ...SMALL, inputs: [...TONE, 'sine=d=1.8'], mux: ['-map', '1:a', '-c:a', 'aac'] },
  },
  {
    title: 'audio shorter than the video',
    source: { ...SMALL, inputs: [...TONE, 'sine=d=0.4'], mux: ['-map', '1:a', '-c:a', 'aac'] },
  },
  { title: 'shorter than a clip', source: { ...SMALL, seconds: 0.5 }, frames: 15 },
  { title: 'longer than a clip', source: { ...SMALL, seconds: 1.5 } },
  { ...withLength(20), title: 'the shortest length allowed' },
  { ...withLength(60), title: 'the longest length allowed' },
  {
    title: 'interlaced MPEG-4 Part 2',
    source: {
      ...{ ...SMALL, frameRate: 50, ticksPerSecond: 50, filters: ['tinterlace=interleave_top'] },
      colors: createColorFilter('bt601').replace('scale=', 'scale=interl=1:'),
      encode: [
        '-c:v',
        'mpeg4',
        '-q:v',
        '2',
        '-flags',
        '+ilme+ildct',
        '-top',
        '1',
        ...createColorTags('smpte170m', 'smpte170m', 'smpte170m'),
      ],
    },
    longestFrameSeconds: 1 / 25,
  },
];
