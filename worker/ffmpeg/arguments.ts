import type { MediaFacts } from './probe.ts';
import type { FfmpegJob } from './run.ts';

export const CLIP = { width: 1280, height: 720, frameRate: 30 } as const;
export const BUMPER_FRAMES = 75;

/** Frames by which a source may end before its own header says, half a second; its last frame stands in for them. */
const MISSING_FRAMES_ALLOWED = 15;
const POSTER_FRAME = 45;
const MAX_ALLOCATION_BYTES = 512 * 1024 ** 2;

// One colour space and one clock for every segment. x264 writes settings such as the crf into the headers unless
// `stitchable`, and equal headers are what lets segments be joined without encoding them again.
const VIDEO_OPTIONS = [
  ...['-an', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  // Another number of threads gives other bytes, and one per encode gets the most out of a machine with a job per core.
  ...['-c:v', 'libx264', '-threads', '1', '-preset', 'veryfast', '-profile:v', 'high', '-level:v', '4.0'],
  ...['-g', '60', '-pix_fmt', 'yuv420p', '-x264-params', 'stitchable=1'],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];
const CONTAINER_OPTIONS = ['-video_track_timescale', '15360', '-movflags', '+faststart', '-f', 'mp4'];

/** How many frames of a source its clip keeps: exact, whatever the source's own frame rate. */
export function keptFrames(facts: MediaFacts, clipSeconds: number): number {
  return Math.max(1, Math.round(Math.min(clipSeconds, facts.durationSeconds) * CLIP.frameRate));
}

/** One decode, one encode: the source's part of the clip with its watermark, and the poster out of its second second. */
export function mainJob(
  facts: MediaFacts,
  frameCount: number,
  paths: { source: string; watermark: string; clip: string; poster: string },
): FfmpegJob {
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
          // The frame count ends the clip; this only keeps a file with a hole in its time from being read to its end.
          ...['-threads', '1', '-t', String(Math.ceil(frameCount / CLIP.frameRate) + 1)],
        ],
        source: `file:${paths.source}`,
      },
      { options: ['-f', 'png_pipe'], source: `file:${paths.watermark}` },
    ],
    filterGraph: mainGraph(facts, frameCount),
    outputs: [
      {
        options: ['-map', '[video]', ...VIDEO_OPTIONS, '-crf', '23', ...CONTAINER_OPTIONS],
        target: paths.clip,
      },
      {
        options: ['-map', '[poster]', '-frames:v', '1', '-q:v', '3', '-update', '1', '-fflags', '+bitexact'],
        target: paths.poster,
      },
    ],
  };
}

/** A bumper in exactly the form that {@link spliceJob} can join to a clip. */
export function bumperJob(asset: string, output: string): FfmpegJob {
  const graph = [
    `[0:V:0]fps=${CLIP.frameRate},trim=end_frame=${BUMPER_FRAMES}`,
    `scale=${CLIP.width}:${CLIP.height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p[video]`,
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

/**
 * `fps` and `trim` stand side by side and in this order: a file with a few frames hours apart makes `fps` invent the
 * ones between, and only the trim right behind it stops that before memory is full.
 */
function mainGraph(facts: MediaFacts, frameCount: number): string {
  const size = fittedSize(facts);
  const fitted = [
    facts.interlaced ? 'bwdif=mode=send_frame:deint=interlaced' : null,
    'setpts=PTS-STARTPTS',
    `fps=${CLIP.frameRate}`,
    `trim=end_frame=${frameCount}`,
    `tpad=stop=${MISSING_FRAMES_ALLOWED}:stop_mode=clone`,
    `trim=end_frame=${frameCount}`,
    ...(facts.hdr ? toneMapped(facts.hdr, size) : [scaled(facts, size)]),
    'setsar=1',
    'format=yuv420p',
  ].filter(step => step !== null);
  const backdrop = size.width === CLIP.width && size.height === CLIP.height ? [] : overBackdrop(facts);

  return [
    `[0:V:0]${[...fitted, ...backdrop].join(',')}[main]`,
    '[main][1:v]overlay=W-w-24:24:format=yuv420,split=2[video][still]',
    // A clip may be shorter than the poster's moment.
    `[still]tpad=stop=${POSTER_FRAME + 1}:stop_mode=clone,trim=start_frame=${POSTER_FRAME}:end_frame=${POSTER_FRAME + 1},setpts=0[poster]`,
  ].join(';');
}

/** The largest even size in the source's own shape that fits the clip's picture. */
export function fittedSize({ width, height }: MediaFacts): { width: number; height: number } {
  const shape = width / height;
  return shape >= CLIP.width / CLIP.height
    ? { width: CLIP.width, height: 2 * Math.round(CLIP.width / 2 / shape) }
    : { width: 2 * Math.round((CLIP.height / 2) * shape), height: CLIP.height };
}

function scaled(facts: MediaFacts, { width, height }: { width: number; height: number }): string {
  // ffmpeg takes video without a colour matrix for BT.601, which is right for standard definition only.
  const assumed = Math.min(facts.width, facts.height) >= 720 ? 'bt709' : null;
  const matrix = facts.colorMatrix ?? assumed;
  // zscale takes half of scale's time, and refuses odd sides.
  if (matrix === 'bt709' && facts.evenSides) {
    return `zscale=w=${width}:h=${height}:f=bicubic:min=709:m=709:r=tv`;
  }
  const from = facts.colorMatrix === null && assumed ? `:in_color_matrix=${assumed}` : '';
  return `scale=${width}:${height}:flags=bicubic${from}:out_color_matrix=bt709:out_range=tv`;
}

/** BT.2020 HLG or PQ to BT.709, white at 203 nits (ITU-R BT.2408); at the final size, as it works in floats. */
function toneMapped(transfer: string, { width, height }: { width: number; height: number }): string[] {
  return [
    `zscale=w=${width}:h=${height}:f=bicubic:tin=${transfer}:min=2020_ncl:pin=2020:rin=tv`,
    'zscale=t=linear:npl=203',
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=mobius:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
  ];
}

/** Lays the picture over a small, blurred, enlarged copy of itself that fills the frame. */
function overBackdrop({ width, height }: MediaFacts): string[] {
  const shape = width / height;
  const cover =
    shape < CLIP.width / CLIP.height ? `160:${2 * Math.ceil(80 / shape)}` : `${2 * Math.ceil(45 * shape)}:90`;
  return [
    'split=2[front][back];[back]' +
      [`scale=${cover}:flags=area`, 'crop=160:90', 'gblur=sigma=3', 'eq=brightness=-0.08'].join(','),
    `scale=${CLIP.width}:${CLIP.height}:flags=bicubic`,
    'setsar=1[backdrop];[backdrop][front]overlay=(W-w)/2:(H-h)/2:format=yuv420',
  ];
}
