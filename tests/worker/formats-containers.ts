import { BT709, H264, inColors } from '../kit/card-source.ts';
import { switchedOff, withoutDuration } from '../kit/mp4-edits.ts';
import type { FormatRow } from './formats-row.ts';

const SMALL = { width: 640, height: 360 };
const OTHER_PICTURE = ['-f', 'lavfi', '-i', 'color=black:s=960x540:r=30:d=1'];
/** One frame by its length: `-frames` for one stream ends the others too in ffmpeg 7. */
const ONE_PICTURE = ['-f', 'lavfi', '-i', 'color=black:s=960x540:r=30:d=0.03'];
const TONES = ['-f', 'lavfi', '-i', 'sine=d=1', '-f', 'lavfi', '-i', 'sine=300:d=1'];
/** ffmpeg's encoder names them for each frame, and takes no option's word. */
const PRORES_COLORS = 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709';
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:crf=18', ...BT709];

/** Codecs, containers, and what else is in them. */
export const CONTAINERS: FormatRow[] = [
  { title: 'QuickTime', source: { ...SMALL, container: 'mov' } },
  { title: 'an MP4 that calls itself M4V', source: { ...SMALL, mux: ['-brand', 'M4V '] } },
  { title: 'the index at the end', source: { ...SMALL, mux: ['-movflags', '-faststart'] } },
  { title: 'HEVC', source: { ...SMALL, encode: [...HEVC, '-tag:v', 'hvc1'] } },
  {
    title: 'HEVC with its headers among the frames',
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
    source: { ...SMALL, colors: inColors('bt601'), encode: ['-c:v', 'mpeg4', '-q:v', '2'] },
  },
  {
    title: 'ProRes',
    source: {
      ...SMALL,
      colors: `${inColors('bt709', 'yuv422p10le')},${PRORES_COLORS}`,
      encode: ['-c:v', 'prores_ks', ...BT709],
      container: 'mov',
    },
  },
  {
    title: 'fragments',
    source: {
      ...SMALL,
      encode: [...H264, ...BT709, '-g', '10'],
      mux: ['-movflags', '+frag_keyframe+empty_moov-faststart'],
    },
  },
  {
    title: 'fragments with an index',
    source: {
      ...SMALL,
      encode: [...H264, ...BT709, '-g', '10'],
      mux: ['-movflags', '+dash+delay_moov-faststart'],
    },
  },
  { title: 'no word about the duration', source: { ...SMALL, edit: withoutDuration } },
  {
    title: 'fragments and no word about the duration',
    source: {
      ...{ ...SMALL, encode: [...H264, ...BT709, '-g', '10'], edit: withoutDuration },
      mux: ['-movflags', '+frag_keyframe+empty_moov-faststart'],
    },
  },
  {
    title: 'a second, larger picture',
    source: { ...SMALL, inputs: OTHER_PICTURE, mux: ['-map', '1:v'] },
  },
  {
    title: 'a second picture in front that is switched off',
    source: {
      ...{ ...SMALL, inputs: OTHER_PICTURE, mux: ['-map', '1:v'] },
      copy: { before: [], after: ['-map', '0:1', '-map', '0:0'] },
      edit: switchedOff,
    },
  },
  {
    title: 'a cover',
    source: {
      ...{ ...SMALL, inputs: ONE_PICTURE },
      mux: ['-map', '1:v', '-c:v:1', 'png', '-disposition:v:1', 'attached_pic'],
    },
  },
  {
    title: 'two sound tracks',
    source: { ...SMALL, inputs: TONES, mux: ['-map', '1:a', '-map', '2:a', '-c:a', 'aac'] },
  },
  {
    title: 'uncompressed sound and a timecode',
    source: {
      ...{ ...SMALL, inputs: TONES, mux: ['-map', '1:a', '-c:a', 'pcm_s16le', '-timecode', '10:00:00:00'] },
      container: 'mov',
    },
  },
];
