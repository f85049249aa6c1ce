import type { StoryboardLayout } from '../../src/videos/files/storyboard.ts';
import type { FfmpegJob } from './run-ffmpeg.ts';

/** A frame in the second second: after a fade-in, while the player is still in the picture. */
const POSTER_FRAME = 45;
const HALF_SECOND_FRAMES = 15;
const PREVIEW_FRAMES = 90;
/** Every third of 30 frames a second, for 10 in the preview. */
const PREVIEW_STEP = 3;
/** A picture is black when this share of its pixels is at most as bright as the threshold, of 255. */
const BLACK = { percent: 95, threshold: 32 };

/** Paths of the pictures of a clip. */
export interface StillPaths {
  poster: string;
  /** A poster of the first picture that is not black; empty or absent when there is none. */
  brightPoster: string;
  preview: string;
  storyboard: string;
}

/** Pads a clip that ends before the poster's moment: ffmpeg 7 fails when an output receives no frame. */
const PAD_TO_POSTER = `tpad=stop=${POSTER_FRAME + 1}:stop_mode=clone`;

type Output = FfmpegJob['outputs'][number];

/**
 * Converts to the matrix of pictures on the web (JFIF 1.02; RFC 9649, section 1), which differs from a
 * clip's.
 */
const STILL_COLORS = 'in_color_matrix=bt709:out_color_matrix=bt601';
const TO_JPEG = [`scale=${STILL_COLORS}:out_range=pc`, 'format=yuvj420p'];
const JPEG = ['-update', '1', '-map_metadata', '-1', '-fflags', '+bitexact', '-f', 'image2'];
const ONE_JPEG = ['-frames:v', '1', ...JPEG];
/** The picture overwrites the placeholder; with the clip's frame rate ffmpeg would drop one of the two. */
const LATER_JPEG = ['-frames:v', '2', '-r', '1', ...JPEG];

/** One picture: the filters from the clip's frames, and the output file. */
interface Branch {
  name: string;
  filters: string[];
  output: Output;
}

/**
 * Returns filters and outputs for poster, preview and storyboard, from the clip's frames with the label
 * `pictures`.
 */
export function makeStills(
  clip: { frameCount: number; frameRate: number },
  layout: StoryboardLayout,
  paths: StillPaths,
): { graph: string; outputs: Output[] } {
  const branches = [
    createPoster(paths.poster),
    createBrightPoster(paths.brightPoster),
    createPreview(clip.frameCount, paths.preview),
    createStoryboard(clip.frameRate, layout, paths.storyboard),
  ];
  const labels = branches.map(({ name }) => `[${name}_frames]`).join('');
  return {
    graph: [
      `[pictures]split=${branches.length}${labels}`,
      ...branches.map(({ name, filters }) => `[${name}_frames]${filters.join(',')}[${name}]`),
    ].join(';'),
    outputs: branches.map(({ name, output: { options, target } }) => ({
      options: ['-map', `[${name}]`, ...options],
      target,
    })),
  };
}

function createPoster(target: string): Branch {
  return {
    name: 'poster',
    filters: [PAD_TO_POSTER, `trim=start_frame=${POSTER_FRAME}:end_frame=${POSTER_FRAME + 1}`, ...TO_JPEG],
    output: { options: ['-q:v', '3', ...ONE_JPEG], target },
  };
}

function createBrightPoster(target: string): Branch {
  return {
    name: 'bright',
    filters: [
      PAD_TO_POSTER,
      `trim=start_frame=${POSTER_FRAME}`,
      replacePlaceholder('bright', 'null', [
        `framestep=${HALF_SECOND_FRAMES}`,
        `blackframe=amount=0:threshold=${BLACK.threshold}`,
        `metadata=select:key=lavfi.blackframe.pblack:value=${BLACK.percent}:function=less`,
      ]),
      ...TO_JPEG,
    ],
    output: { options: ['-q:v', '3', ...LATER_JPEG], target },
  };
}

function createPreview(frameCount: number, target: string): Branch {
  // From the poster's frame if the clip is long enough, otherwise earlier.
  const start = Math.max(0, Math.min(POSTER_FRAME, frameCount - PREVIEW_FRAMES));
  return {
    name: 'preview',
    filters: [
      `trim=start_frame=${start}:end_frame=${start + PREVIEW_FRAMES}`,
      'setpts=PTS-STARTPTS',
      `framestep=${PREVIEW_STEP}`,
      `scale=320:180:flags=area:${STILL_COLORS}`,
    ],
    output: {
      options: [
        ...['-c:v', 'libwebp_anim', '-q:v', '50', '-compression_level', '2', '-loop', '0'],
        ...['-map_metadata', '-1', '-fflags', '+bitexact', '-f', 'webp'],
      ],
      target,
    },
  };
}

function createStoryboard(frameRate: number, layout: StoryboardLayout, target: string): Branch {
  const { columns, rows, tileWidth, tileHeight, secondsPerTile } = layout;
  const size = `${columns * tileWidth}:${rows * tileHeight}`;
  return {
    name: 'storyboard',
    filters: [
      replacePlaceholder('storyboard', `scale=${size},setsar=1`, [
        `framestep=${secondsPerTile * frameRate}`,
        `scale=${tileWidth}:${tileHeight}:flags=area`,
        `tile=${columns}x${rows},setsar=1`,
      ]),
      ...TO_JPEG,
    ],
    output: { options: ['-q:v', '4', ...LATER_JPEG], target },
  };
}

/**
 * Returns filters whose output begins with a placeholder, the first frame, which the picture then overwrites.
 * ffmpeg reports no progress before each of its outputs has begun, and these outputs would begin last.
 */
function replacePlaceholder(name: string, placeholder: string, picture: readonly string[]): string {
  return [
    `split=2[${name}_first][${name}_all]`,
    `[${name}_first]trim=end_frame=1,${placeholder}[${name}_placeholder]`,
    `[${name}_all]${picture.join(',')},trim=end_frame=1[${name}_picture]`,
    `[${name}_placeholder][${name}_picture]concat=n=2,setpts=N/TB`,
  ].join(';');
}
