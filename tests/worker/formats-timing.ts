import type { SourceFault } from '../../src/videos/video.status.ts';
import { BT709, colorTags, H264, inColors } from '../kit/card-source.ts';
import { oriented } from '../kit/mp4-edits.ts';
import type { FormatRow } from './formats-row.ts';

const SMALL = { width: 640, height: 360 };
const TONE = ['-f', 'lavfi', '-i'];

const paced = (frameRate: number): FormatRow => ({
  title: `${frameRate.toFixed(3).replace('.000', '')} frames a second`,
  source: { ...SMALL, frameRate },
  longestFrameSeconds: 1 / frameRate,
});

const FIELDS = 'scale=interl=1:out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p';
const inFields = (order: 'top' | 'bottom') => [
  ...[...H264, ...BT709, '-flags', '+ilme+ildct', '-top', order === 'top' ? '1' : '0'],
];

/** Two moments in one picture, of which each has every other line. */
const interlaced = (order: 'top' | 'bottom', frameRate: number): FormatRow => ({
  title: `${2 * frameRate} fields a second, ${order} field first`,
  source: {
    // A bit that tells the field would be a still picture of lines.
    ...{ ...SMALL, frameRate: 2 * frameRate, ticksPerSecond: 2 * frameRate },
    filters: [`tinterlace=interleave_${order}`],
    colors: FIELDS,
    encode: inFields(order),
  },
  longestFrameSeconds: 1 / frameRate,
});

/** Fields of a device that was turned: they lie in the rows that it stored. */
const turnedFields = (
  degrees: number,
  stored: string,
  matrix: Parameters<typeof oriented>[1],
): FormatRow => ({
  title: `60 fields a second, turned by ${degrees} degrees`,
  source: {
    ...(degrees === 180 ? SMALL : { width: SMALL.height, height: SMALL.width }),
    ...{ frameRate: 60, ticksPerSecond: 60, filters: [stored, 'tinterlace=interleave_top'] },
    ...{ colors: FIELDS, encode: inFields('top'), edit: file => oriented(file, matrix) },
  },
  ...(degrees !== 180 && { fitted: [406, 720] }),
  longestFrameSeconds: 1 / 30,
});

/** A source whose length is judged as those of players are. */
const lasting = (seconds: number) => ({
  // Ten pictures a second make its length exact, and eight ticks last for a minute.
  source: { ...SMALL, frameRate: 10, ticksPerSecond: 8, seconds },
  longestFrameSeconds: 1 / 10,
  asSentIn: true,
});

/** What is refused for its length, and the reason that the player is told. */
export const WRONG_LENGTHS: (Pick<FormatRow, 'source'> & { seconds: number; reason: SourceFault })[] = [
  { ...lasting(19.9), seconds: 19.9, reason: 'TOO_SHORT' },
  { ...lasting(60.1), seconds: 60.1, reason: 'TOO_LONG' },
];

/** Frame rates, clocks and lengths. */
export const TIMING: FormatRow[] = [
  ...[24000 / 1001, 25, 30000 / 1001, 50, 60, 240].map(paced),
  {
    title: 'a frame rate that changes',
    source: { ...SMALL, frameRate: 60, filters: ["select='lt(t,0.3)+not(mod(n,5))+eq(n,59)'"] },
    longestFrameSeconds: 5 / 60,
  },
  {
    title: 'frames that the camera dropped',
    source: { ...SMALL, filters: ["select='not(between(n,7,9)+between(n,20,21))'"] },
    longestFrameSeconds: 4 / 30,
  },
  {
    title: 'frames that come early and late',
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
  turnedFields(90, 'transpose=cclock', [0, 1, -1, 0]),
  turnedFields(180, 'hflip,vflip', [-1, 0, 0, -1]),
  turnedFields(270, 'transpose=clock', [0, -1, 1, 0]),
  {
    title: 'frames stored in another order than shown',
    source: { ...SMALL, encode: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', ...BT709] },
  },
  {
    title: 'a beginning cut off by an edit list',
    source: {
      ...{ ...SMALL, seconds: 1.5, encode: [...H264, ...BT709, '-g', '250'] },
      copy: { before: ['-ss', '0.5'], after: [] },
    },
    startSeconds: 0.5,
  },
  {
    title: 'a beginning cut off from frames that are stored in another order',
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
    title: 'a first frame that comes after the sound',
    source: {
      ...{ ...SMALL, seconds: 1.2, inputs: [...TONE, 'sine=d=3'], filters: ["setpts='PTS+1.7/TB'"] },
      mux: ['-map', '1:a', '-c:a', 'aac'],
    },
  },
  {
    title: 'a first frame that comes before time',
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
    title: 'sound that goes on after the picture',
    source: { ...SMALL, inputs: [...TONE, 'sine=d=1.8'], mux: ['-map', '1:a', '-c:a', 'aac'] },
  },
  {
    title: 'sound that ends before the picture',
    source: { ...SMALL, inputs: [...TONE, 'sine=d=0.4'], mux: ['-map', '1:a', '-c:a', 'aac'] },
  },
  { title: 'shorter than a clip', source: { ...SMALL, seconds: 0.5 }, frames: 15 },
  { title: 'longer than a clip', source: { ...SMALL, seconds: 1.5 } },
  { ...lasting(20), title: 'the shortest that may be sent in' },
  { ...lasting(60), title: 'the longest that may be sent in' },
  {
    title: 'MPEG-4 with two fields in a frame',
    source: {
      ...{ ...SMALL, frameRate: 50, ticksPerSecond: 50, filters: ['tinterlace=interleave_top'] },
      colors: inColors('bt601').replace('scale=', 'scale=interl=1:'),
      encode: [
        '-c:v',
        'mpeg4',
        '-q:v',
        '2',
        '-flags',
        '+ilme+ildct',
        '-top',
        '1',
        ...colorTags('smpte170m', 'smpte170m', 'smpte170m'),
      ],
    },
    longestFrameSeconds: 1 / 25,
  },
];
