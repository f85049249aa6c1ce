import type { MediaFacts } from './probe.ts';

export const CLIP = { width: 1280, height: 720, frameRate: 30 } as const;

/** Tags frames as BT.709. Encoders of ffmpeg 7 write the tags of the frames into headers, and ignore the options. */
export const TAG_BT709 = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/**
 * Half a second: frames that may be missing before the duration in the header ends; the last frame is
 * repeated.
 */
const MISSING_FRAMES_ALLOWED = 15;
/** Shorter side in pixels from which a picture counts as high definition. */
const HIGH_DEFINITION = 720;
/** zscale's names of the colour matrices; zscale takes half of scale's time. */
const ZSCALE_MATRICES: Readonly<Record<string, string>> = {
  ...{ bt709: '709', smpte170m: '170m', bt470bg: '470bg', bt2020nc: '2020_ncl' },
};
/** Primaries whose colours look pale when displayed as BT.709, with zscale's names. */
const WIDE_PRIMARIES: Readonly<Record<string, string>> = { bt2020: '2020', smpte432: 'smpte432' };

/** Filters that undo ffmpeg's rotation, as far as rows are concerned, and that repeat the rotation. */
const TURNS: Readonly<Record<MediaFacts['rotation'], readonly [undo: string[], redo: string[]]>> = {
  0: [[], []],
  90: [['transpose=cclock'], ['transpose=clock']],
  180: [['vflip'], ['vflip']],
  270: [['transpose=clock'], ['transpose=cclock']],
};

interface Size {
  width: number;
  height: number;
}

/**
 * Returns the graph from the source, `[0]`, and the watermark, `[1]`, to `[video]` and an equal `[pictures]`:
 * exactly `frameCount` frames where the source has them. ffmpeg itself has rotated and mirrored the input by
 * its display matrix.
 *
 * `trim` must follow `fps` directly: in a file with a few frames hours apart `fps` creates the frames in
 * between, and only the next filter's `trim` stops it before memory is full.
 */
export function createContentGraph(facts: MediaFacts, frameCount: number): string {
  const size = fitSize(facts);
  const fitted = [
    ...(facts.interlaced ? deinterlace(facts) : []),
    'setpts=PTS-STARTPTS',
    `fps=${CLIP.frameRate}`,
    `trim=end_frame=${frameCount}`,
    `tpad=stop=${MISSING_FRAMES_ALLOWED}:stop_mode=clone`,
    `trim=end_frame=${frameCount}`,
    // zscale refuses odd sides with subsampled chroma.
    ...(facts.evenSides ? [] : [`format=yuv444p${facts.hdr ? '10le' : ''}`]),
    ...(facts.hdr ? toneMap(facts.hdr, size) : [scale(facts, size)]),
    'setsar=1',
    'format=yuv420p',
  ];
  const backdrop = size.width === CLIP.width && size.height === CLIP.height ? [] : layOverBackdrop(facts);

  return [
    `[0:${facts.streamIndex}]${[...fitted, ...backdrop].join(',')}[main]`,
    `[main][1:v]overlay=W-w-24:24:format=yuv420,${TAG_BT709},split=2[video][pictures]`,
  ].join(';');
}

/** Fields are rows of the picture as stored, so the rotation is undone before and repeated after. */
function deinterlace({ rotation }: MediaFacts): string[] {
  const [undo, redo] = TURNS[rotation];
  return [...undo, 'bwdif=mode=send_frame:deint=interlaced', ...redo];
}

/** Returns the largest even size with the source's aspect ratio that fits into the clip's picture. */
function fitSize({ width, height }: MediaFacts): Size {
  const aspectRatio = width / height;
  return aspectRatio >= CLIP.width / CLIP.height
    ? { width: CLIP.width, height: 2 * Math.round(CLIP.width / 2 / aspectRatio) }
    : { width: 2 * Math.round((CLIP.height / 2) * aspectRatio), height: CLIP.height };
}

function scale(facts: MediaFacts, { width, height }: Size): string {
  const matrix = ZSCALE_MATRICES[facts.colorMatrix ?? assumeMatrix(facts)];
  if (matrix === undefined) {
    return `scale=${width}:${height}:flags=bicubic:out_color_matrix=bt709:out_range=tv`;
  }
  const primaries = WIDE_PRIMARIES[facts.colorPrimaries ?? ''];
  const narrowed = primaries === undefined ? '' : `:pin=${primaries}:p=709:tin=709:t=709`;
  return `zscale=w=${width}:h=${height}:f=bicubic:min=${matrix}:m=709:r=tv${narrowed}`;
}

/** Returns the matrix that media players assume for a picture without one. */
function assumeMatrix({ width, height, colorPrimaries }: MediaFacts): string {
  if (colorPrimaries === 'bt2020') return 'bt2020nc';
  return Math.min(width, height) >= HIGH_DEFINITION ? 'bt709' : 'smpte170m';
}

/**
 * BT.2020 HLG or PQ to BT.709, white at 203 nits (ITU-R BT.2408); at the final size, as the filters compute
 * in floats.
 */
function toneMap(transfer: string, { width, height }: Size): string[] {
  return [
    `zscale=w=${width}:h=${height}:f=bicubic:tin=${transfer}:min=2020_ncl:pin=2020`,
    'zscale=t=linear:npl=203',
    'format=gbrpf32le',
    'zscale=p=bt709',
    // The peak is fixed: with the low peak that a dim file declares, white would be clipped.
    'tonemap=mobius:desat=0:peak=10',
    'zscale=t=bt709:m=bt709:r=tv',
  ];
}

/** Lays the picture over a small, blurred, enlarged copy of itself that fills the frame. */
function layOverBackdrop({ width, height }: MediaFacts): string[] {
  const aspectRatio = width / height;
  const cover =
    aspectRatio < CLIP.width / CLIP.height
      ? `160:${2 * Math.ceil(80 / aspectRatio)}`
      : `${2 * Math.ceil(45 * aspectRatio)}:90`;
  return [
    'split=2[front][back];[back]' +
      [`scale=${cover}:flags=area`, 'crop=160:90', 'gblur=sigma=3', 'eq=brightness=-0.08'].join(','),
    `scale=${CLIP.width}:${CLIP.height}:flags=bicubic`,
    'setsar=1[backdrop];[backdrop][front]overlay=(W-w)/2:(H-h)/2:format=yuv420',
  ];
}
