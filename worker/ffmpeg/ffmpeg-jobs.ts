import { createStoryboardLayout } from '../../src/videos/files/storyboard.ts';
import { SOURCE_DEMUXERS } from '../../src/videos/source-formats.ts';
import { CLIP, createContentGraph, TAG_BT709 } from './content-graph.ts';
import { makeStills, type StillPaths } from './make-stills.ts';
import type { MediaFacts } from './probe.ts';
import type { FfmpegJob } from './run-ffmpeg.ts';

export const BUMPER_FRAMES = 75;

/** No more bytes than preset medium at 23, and no worse picture: `npm run bench -- quality`. */
const CLIP_CRF = '23.6';
/** A few frames at the lowest usual frame rate, as a margin for rounding. */
const READ_ON_SECONDS = 0.25;

const MAX_ALLOCATION_BYTES = 512 * 1024 ** 2;

// One colour space and one time base for every segment. Segments with equal headers can be joined without
// encoding them again; without `stitchable` x264 writes settings such as the crf into the headers.
const VIDEO_OPTIONS = [
  ...['-an', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  // Another number of threads gives other bytes; one thread per encode is fastest with a job per core.
  ...['-c:v', 'libx264', '-threads', '1', '-preset', 'veryfast', '-profile:v', 'high', '-level:v', '4.0'],
  // Within level 4.0 (ITU-T H.264, table A-1), which noisy pictures would exceed by far.
  ...['-maxrate', '20M', '-bufsize', '25M'],
  ...['-g', '60', '-pix_fmt', 'yuv420p', '-x264-params', 'stitchable=1'],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];
const CONTAINER_OPTIONS = ['-video_track_timescale', '15360', '-movflags', '+faststart', '-f', 'mp4'];

/** Returns the exact number of clip frames that a source fills, at the clip's frame rate. */
export function countKeptFrames(facts: MediaFacts, clipSeconds: number): number {
  return Math.max(1, Math.round(Math.min(clipSeconds, facts.durationSeconds) * CLIP.frameRate));
}

/** Returns the length in seconds of a source's clip, bumpers included. */
export function getClipSeconds(facts: MediaFacts, clipSeconds: number): number {
  return (countKeptFrames(facts, clipSeconds) + 2 * BUMPER_FRAMES) / CLIP.frameRate;
}

/** One decode, one encode: the source's part of the clip with its watermark, and the clip's pictures. */
export function createContentJob(
  facts: MediaFacts,
  frameCount: number,
  paths: { source: string; watermark: string; clip: string } & StillPaths,
): FfmpegJob {
  const clip = { frameCount, frameRate: CLIP.frameRate };
  const stills = makeStills(clip, createStoryboardLayout(frameCount / CLIP.frameRate), paths);
  return {
    inputs: [
      {
        options: [
          ...['-protocol_whitelist', 'file', '-format_whitelist', SOURCE_DEMUXERS],
          ...['-max_alloc', String(MAX_ALLOCATION_BYTES)],
          // The frame count ends the clip. The time limit stops reading in a file with a gap in its time
          // stamps, and decoding after the last frame.
          ...['-threads', '1', '-t', String(frameCount / CLIP.frameRate + READ_ON_SECONDS)],
        ],
        source: `file:${paths.source}`,
      },
      { options: ['-f', 'png_pipe'], source: `file:${paths.watermark}` },
    ],
    filterGraph: [createContentGraph(facts, frameCount), stills.graph].join(';'),
    outputs: [
      {
        options: ['-map', '[video]', ...VIDEO_OPTIONS, '-crf', CLIP_CRF, ...CONTAINER_OPTIONS],
        target: paths.clip,
      },
      ...stills.outputs,
    ],
  };
}

/** Encodes a bumper with the same headers as a clip, so that {@link createSpliceJob} can join them. */
export function createBumperJob(asset: string, output: string): FfmpegJob {
  const graph = [
    `[0:V:0]fps=${CLIP.frameRate},trim=end_frame=${BUMPER_FRAMES}`,
    `scale=${CLIP.width}:${CLIP.height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,${TAG_BT709}[video]`,
  ];
  return {
    inputs: [{ options: ['-threads', '1'], source: `file:${asset}` }],
    filterGraph: graph.join(','),
    outputs: [
      { options: ['-map', '[video]', ...VIDEO_OPTIONS, '-crf', '20', ...CONTAINER_OPTIONS], target: output },
    ],
  };
}

/** Joins the files of a concat list without decoding them. */
export function createSpliceJob(list: string, output: string): FfmpegJob {
  return {
    inputs: [
      // A conversion would write each segment's headers into its frames, which hides differences.
      {
        options: ['-protocol_whitelist', 'file', '-f', 'concat', '-auto_convert', '0'],
        source: `file:${list}`,
      },
    ],
    outputs: [
      {
        options: [
          ...['-map', '0:v', '-c', 'copy', '-map_metadata', '-1', '-fflags', '+bitexact'],
          ...CONTAINER_OPTIONS,
        ],
        target: output,
      },
    ],
  };
}

/** Decodes every frame and fails at the first error; skips deblocking, which detects no errors. */
export function createDecodeJob(path: string): FfmpegJob {
  return {
    inputs: [{ options: ['-xerror', '-threads', '1', '-skip_loop_filter', 'all'], source: `file:${path}` }],
    outputs: [{ options: ['-map', '0:v', '-f', 'null'], target: '-' }],
  };
}
