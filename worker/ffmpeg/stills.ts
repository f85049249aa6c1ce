import type { StoryboardLayout } from '../../src/videos/storyboard.ts';
import type { FfmpegJob } from './run.ts';

/** The second second: past a fade-in, before the player is out of the picture. */
const POSTER_FRAME = 45;
const HALF_SECOND_FRAMES = 15;
const PREVIEW_FRAMES = 90;
/** Of 30 frames a second, for 10 in the preview. */
const PREVIEW_STEP = 3;
/** Share of dark pixels from which on a picture counts as black, and how dark they are, of 255. */
const BLACK = { percent: 95, threshold: 32 };

/** Where the pictures that go with a clip are written. */
export interface StillPaths {
  poster: string;
  /** A poster of the first moment that is not black; empty or absent when there is none. */
  brightPoster: string;
  preview: string;
  storyboard: string;
}

/** Pads a clip that ends before the poster's moment: ffmpeg 7 fails when an output receives no frame. */
const PADDED_TO_POSTER = `tpad=stop=${POSTER_FRAME + 1}:stop_mode=clone`;

type Output = FfmpegJob['outputs'][number];

/** In the matrix that pictures on the web have (JFIF 1.02; RFC 9649, section 1), which a clip has not. */
const STILL_COLORS = 'in_color_matrix=bt709:out_color_matrix=bt601';
const TO_JPEG = [`scale=${STILL_COLORS}:out_range=pc`, 'format=yuvj420p'];
const JPEG = ['-update', '1', '-map_metadata', '-1', '-fflags', '+bitexact', '-f', 'image2'];
const ONE_JPEG = ['-frames:v', '1', ...JPEG];
/** The placeholder, written over by the picture; at their own rate, or one of them would be taken as too many. */
const LATER_JPEG = ['-frames:v', '2', '-r', '1', ...JPEG];

/** Poster, preview and storyboard, from the frames of a clip as they pass by under the label `pictures`. */
export function stillsOf(
  { frameCount, frameRate }: { frameCount: number; frameRate: number },
  layout: StoryboardLayout,
  paths: StillPaths,
): { graph: string; outputs: Output[] } {
  const { columns, rows, tileWidth, tileHeight, secondsPerTile } = layout;
  // From the poster's moment where the clip is long enough, otherwise from its start.
  const previewStart = Math.max(0, Math.min(POSTER_FRAME, frameCount - PREVIEW_FRAMES));
  const branches: [string, string[], Output][] = [
    [
      'poster',
      [PADDED_TO_POSTER, `trim=start_frame=${POSTER_FRAME}:end_frame=${POSTER_FRAME + 1}`, ...TO_JPEG],
      { options: ['-q:v', '3', ...ONE_JPEG], target: paths.poster },
    ],
    [
      'bright',
      [
        ...[PADDED_TO_POSTER, `trim=start_frame=${POSTER_FRAME}`],
        afterPlaceholder('bright', 'null', [
          `framestep=${HALF_SECOND_FRAMES}`,
          `blackframe=amount=0:threshold=${BLACK.threshold}`,
          `metadata=select:key=lavfi.blackframe.pblack:value=${BLACK.percent}:function=less`,
        ]),
        ...TO_JPEG,
      ],
      { options: ['-q:v', '3', ...LATER_JPEG], target: paths.brightPoster },
    ],
    [
      'preview',
      [
        `trim=start_frame=${previewStart}:end_frame=${previewStart + PREVIEW_FRAMES}`,
        ...['setpts=PTS-STARTPTS', `framestep=${PREVIEW_STEP}`, `scale=320:180:flags=area:${STILL_COLORS}`],
      ],
      {
        options: [
          ...['-c:v', 'libwebp_anim', '-q:v', '50', '-compression_level', '2', '-loop', '0'],
          ...['-map_metadata', '-1', '-fflags', '+bitexact', '-f', 'webp'],
        ],
        target: paths.preview,
      },
    ],
    [
      'storyboard',
      [
        afterPlaceholder('storyboard', `scale=${columns * tileWidth}:${rows * tileHeight},setsar=1`, [
          `framestep=${secondsPerTile * frameRate}`,
          `scale=${tileWidth}:${tileHeight}:flags=area`,
          `tile=${columns}x${rows},setsar=1`,
        ]),
        ...TO_JPEG,
      ],
      { options: ['-q:v', '4', ...LATER_JPEG], target: paths.storyboard },
    ],
  ];
  const labels = branches.map(([name]) => `[${name}_frames]`).join('');
  return {
    graph: [
      `[pictures]split=${branches.length}${labels}`,
      ...branches.map(([name, filters]) => `[${name}_frames]${filters.join(',')}[${name}]`),
    ].join(';'),
    outputs: branches.map(([name, , { options, target }]) => ({
      options: ['-map', `[${name}]`, ...options],
      target,
    })),
  };
}

/**
 * Filters whose output begins with a placeholder, the first frame, that the picture then takes the place of: ffmpeg tells
 * nothing of its progress before each of its outputs has begun, and these would begin last.
 */
function afterPlaceholder(name: string, placeholder: string, picture: readonly string[]): string {
  return [
    `split=2[${name}_first][${name}_all]`,
    `[${name}_first]trim=end_frame=1,${placeholder}[${name}_placeholder]`,
    `[${name}_all]${picture.join(',')},trim=end_frame=1[${name}_picture]`,
    `[${name}_placeholder][${name}_picture]concat=n=2,setpts=N/TB`,
  ].join(';');
}
