import { withoutDuration, withTrackDisabled } from '../../kit/media/mp4-edits.ts';
import { BT709, createColorFilter, H264 } from '../../kit/media/test-pattern-source.ts';
import type { FormatCase } from './format-case.ts';

const SMALL = { width: 640, height: 360 };
const SECOND_VIDEO = ['-f', 'lavfi', '-i', 'color=black:s=960x540:r=30:d=1'];
/** One frame by its duration: in ffmpeg 7, `-frames` of one stream ends the others too. */
const ONE_FRAME = ['-f', 'lavfi', '-i', 'color=black:s=960x540:r=30:d=0.03'];
const TONES = ['-f', 'lavfi', '-i', 'sine=d=1', '-f', 'lavfi', '-i', 'sine=300:d=1'];
/** A filter, as the ProRes encoder of ffmpeg reads the colours of each frame and ignores its options. */
const PRORES_COLORS = 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709';
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:crf=18', ...BT709];

/** Codecs, containers and additional streams. */
export const CONTAINERS: FormatCase[] = [
  { title: 'QuickTime', source: { ...SMALL, container: 'mov' } },
  { title: 'an MP4 with the brand M4V', source: { ...SMALL, mux: ['-brand', 'M4V '] } },
  { title: 'the moov box at the end', source: { ...SMALL, mux: ['-movflags', '-faststart'] } },
  { title: 'HEVC', source: { ...SMALL, encode: [...HEVC, '-tag:v', 'hvc1'] } },
  {
    title: 'HEVC with in-band parameter sets',
    source: { ...SMALL, encode: [...HEVC, '-tag:v', 'hev1'] },
  },
  {
    title: 'VP9',
    source: {
      ...SMALL,
      encode: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '4M', ...BT709],
    },
  },
  {
    title: 'AV1',
    source: { ...SMALL, encode: ['-c:v', 'libsvtav1', '-preset', '12', '-crf', '25', ...BT709] },
  },
  {
    title: 'MPEG-4 Part 2',
    source: { ...SMALL, colors: createColorFilter('bt601'), encode: ['-c:v', 'mpeg4', '-q:v', '2'] },
  },
  {
    title: 'ProRes',
    source: {
      ...SMALL,
      colors: `${createColorFilter('bt709', 'yuv422p10le')},${PRORES_COLORS}`,
      encode: ['-c:v', 'prores_ks', ...BT709],
      container: 'mov',
    },
  },
  {
    title: 'a fragmented MP4',
    source: {
      ...SMALL,
      encode: [...H264, ...BT709, '-g', '10'],
      mux: ['-movflags', '+frag_keyframe+empty_moov-faststart'],
    },
  },
  {
    title: 'a fragmented MP4 with an index',
    source: {
      ...SMALL,
      encode: [...H264, ...BT709, '-g', '10'],
      mux: ['-movflags', '+dash+delay_moov-faststart'],
    },
  },
  { title: 'no duration', source: { ...SMALL, edit: withoutDuration } },
  {
    title: 'a fragmented MP4 without a duration',
    source: {
      ...{ ...SMALL, encode: [...H264, ...BT709, '-g', '10'], edit: withoutDuration },
      mux: ['-movflags', '+frag_keyframe+empty_moov-faststart'],
    },
  },
  {
    title: 'a second, larger video track',
    source: { ...SMALL, inputs: SECOND_VIDEO, mux: ['-map', '1:v'] },
  },
  {
    title: 'a disabled video track before the main one',
    source: {
      ...{ ...SMALL, inputs: SECOND_VIDEO, mux: ['-map', '1:v'] },
      copy: { before: [], after: ['-map', '0:1', '-map', '0:0'] },
      edit: withTrackDisabled,
    },
  },
  {
    title: 'a cover image',
    source: {
      ...{ ...SMALL, inputs: ONE_FRAME },
      mux: ['-map', '1:v', '-c:v:1', 'png', '-disposition:v:1', 'attached_pic'],
    },
  },
  {
    title: 'two audio tracks',
    source: { ...SMALL, inputs: TONES, mux: ['-map', '1:a', '-map', '2:a', '-c:a', 'aac'] },
  },
  {
    title: 'uncompressed audio and a timecode track',
    source: {
      ...{ ...SMALL, inputs: TONES, mux: ['-map', '1:a', '-c:a', 'pcm_s16le', '-timecode', '10:00:00:00'] },
      container: 'mov',
    },
  },
];
