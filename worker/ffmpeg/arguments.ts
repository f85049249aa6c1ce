import { storyboardLayout } from '../../src/videos/storyboard.ts';
import { CLIP, mainGraph, NAME_COLORS } from './picture.ts';
import type { MediaFacts } from './probe.ts';
import type { FfmpegJob } from './run.ts';
import { type StillPaths, stillsOf } from './stills.ts';

export const BUMPER_FRAMES = 75;

/** Neither more bytes than medium takes at 23, nor a worse picture: `npm run bench:quality`. */
const CLIP_CRF = '23.6';
/** A few frames at the least frame rate that is usual, for whatever rounds. */
const READ_ON_SECONDS = 0.25;

const MAX_ALLOCATION_BYTES = 512 * 1024 ** 2;

// One colour space and one clock for every segment. x264 writes settings such as the crf into the headers unless
// `stitchable`, and equal headers are what lets segments be joined without encoding them again.
const VIDEO_OPTIONS = [
  ...['-an', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  // Another number of threads gives other bytes, and one per encode gets the most out of a machine with a job per core.
  ...['-c:v', 'libx264', '-threads', '1', '-preset', 'veryfast', '-profile:v', 'high', '-level:v', '4.0'],
  // Within level 4.0 (ITU-T H.264, table A-1), which pictures full of noise would pass by far.
  ...['-maxrate', '20M', '-bufsize', '25M'],
  ...['-g', '60', '-pix_fmt', 'yuv420p', '-x264-params', 'stitchable=1'],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];
const CONTAINER_OPTIONS = ['-video_track_timescale', '15360', '-movflags', '+faststart', '-f', 'mp4'];

/** How many frames of a source its clip keeps: exact, whatever the source's own frame rate. */
export function keptFrames(facts: MediaFacts, clipSeconds: number): number {
  return Math.max(1, Math.round(Math.min(clipSeconds, facts.durationSeconds) * CLIP.frameRate));
}

/** Length of the clip that a source becomes, bumpers included. */
export function clipSecondsOf(facts: MediaFacts, clipSeconds: number): number {
  return (keptFrames(facts, clipSeconds) + 2 * BUMPER_FRAMES) / CLIP.frameRate;
}

/** One decode, one encode: the source's part of the clip with its watermark, and the pictures that go with it. */
export function mainJob(
  facts: MediaFacts,
  frameCount: number,
  paths: { source: string; watermark: string; clip: string } & StillPaths,
): FfmpegJob {
  const clip = { frameCount, frameRate: CLIP.frameRate };
  const stills = stillsOf(clip, storyboardLayout(frameCount / CLIP.frameRate), paths);
  return {
    inputs: [
      {
        options: [
          ...[
            '-protocol_whitelist',
            'file',
            '-format_whitelist',
            'mov',
            '-max_alloc',
            String(MAX_ALLOCATION_BYTES),
          ],
          // The frame count ends the clip; this keeps a file with a hole in its time from being read to its end, and what comes
          // after the last frame from being decoded.
          ...['-threads', '1', '-t', String(frameCount / CLIP.frameRate + READ_ON_SECONDS)],
        ],
        source: `file:${paths.source}`,
      },
      { options: ['-f', 'png_pipe'], source: `file:${paths.watermark}` },
    ],
    filterGraph: [mainGraph(facts, frameCount), stills.graph].join(';'),
    outputs: [
      {
        options: ['-map', '[video]', ...VIDEO_OPTIONS, '-crf', CLIP_CRF, ...CONTAINER_OPTIONS],
        target: paths.clip,
      },
      ...stills.outputs,
    ],
  };
}

/** A bumper in exactly the form that {@link spliceJob} can join to a clip. */
export function bumperJob(asset: string, output: string): FfmpegJob {
  const graph = [
    `[0:V:0]fps=${CLIP.frameRate},trim=end_frame=${BUMPER_FRAMES}`,
    `scale=${CLIP.width}:${CLIP.height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,${NAME_COLORS}[video]`,
  ];
  return {
    inputs: [{ options: ['-threads', '1'], source: `file:${asset}` }],
    filterGraph: graph.join(','),
    outputs: [
      { options: ['-map', '[video]', ...VIDEO_OPTIONS, '-crf', '20', ...CONTAINER_OPTIONS], target: output },
    ],
  };
}

/** Joins the files that a concat list names, without decoding them. */
export function spliceJob(list: string, output: string): FfmpegJob {
  return {
    inputs: [
      // Converting would write each segment's headers into its frames and so hide that they differ.
      {
        options: ['-protocol_whitelist', 'file', '-f', 'concat', '-auto_convert', '0'],
        source: `file:${list}`,
      },
    ],
    outputs: [
      {
        options: [
          '-map',
          '0:v',
          '-c',
          'copy',
          '-map_metadata',
          '-1',
          '-fflags',
          '+bitexact',
          ...CONTAINER_OPTIONS,
        ],
        target: output,
      },
    ],
  };
}

/** Decodes every frame and fails at the first error; without the deblocking, which finds none and is only for the eye. */
export function decodeJob(path: string): FfmpegJob {
  return {
    inputs: [{ options: ['-xerror', '-threads', '1', '-skip_loop_filter', 'all'], source: `file:${path}` }],
    outputs: [{ options: ['-map', '0:v', '-f', 'null'], target: '-' }],
  };
}
