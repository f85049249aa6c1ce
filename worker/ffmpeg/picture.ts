import type { MediaFacts } from './probe.ts';

export const CLIP = { width: 1280, height: 720, frameRate: 30 } as const;

/** Tags frames as BT.709. Encoders of ffmpeg 7 write the tags of the frames into headers, and ignore the options. */
export const NAME_COLORS = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** Frames by which a source may end before its own header says, half a second; its last frame stands in for them. */
const MISSING_FRAMES_ALLOWED = 15;
/** From this shorter side on a picture counts as high definition, in pixels. */
const HIGH_DEFINITION = 720;
/** What zscale calls the matrices that it is given; it takes half of scale's time. */
const ZSCALE_MATRICES: Readonly<Record<string, string>> = {
  ...{ bt709: '709', smpte170m: '170m', bt470bg: '470bg', bt2020nc: '2020_ncl' },
};
/** Primaries whose colours look pale when they are taken for BT.709, and what zscale calls them. */
const WIDE_PRIMARIES: Readonly<Record<string, string>> = { bt2020: '2020', smpte432: 'smpte432' };

/** What undoes ffmpeg's turn by so many degrees where rows are concerned, and what does it again. */
const TURNS: Readonly<Record<MediaFacts['rotation'], readonly [back: string[], again: string[]]>> = {
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
 * The graph from the source, `[0]`, and the watermark, `[1]`, to `[video]` and, the same, `[pictures]`: exactly
 * `frameCount` frames where the source has them. ffmpeg itself has turned and mirrored what comes in by its display matrix.
 *
 * `fps` and `trim` stand side by side and in this order: a file with a few frames hours apart makes `fps` invent the
 * ones between, and only the trim right behind it stops that before memory is full.
 */
export function mainGraph(facts: MediaFacts, frameCount: number): string {
  const size = fittedSize(facts);
  const fitted = [
    ...(facts.interlaced ? deinterlaced(facts) : []),
    'setpts=PTS-STARTPTS',
    `fps=${CLIP.frameRate}`,
    `trim=end_frame=${frameCount}`,
    `tpad=stop=${MISSING_FRAMES_ALLOWED}:stop_mode=clone`,
    `trim=end_frame=${frameCount}`,
    // zscale refuses odd sides where colours are halved.
    ...(facts.evenSides ? [] : [`format=yuv444p${facts.hdr ? '10le' : ''}`]),
    ...(facts.hdr ? toneMapped(facts.hdr, size) : [scaled(facts, size)]),
    'setsar=1',
    'format=yuv420p',
  ];
  const backdrop = size.width === CLIP.width && size.height === CLIP.height ? [] : overBackdrop(facts);

  return [
    `[0:${facts.streamIndex}]${[...fitted, ...backdrop].join(',')}[main]`,
    `[main][1:v]overlay=W-w-24:24:format=yuv420,${NAME_COLORS},split=2[video][pictures]`,
  ].join(';');
}

/** Fields lie in the rows of the picture as it was stored, so it is turned back for that, and then again. */
function deinterlaced({ rotation }: MediaFacts): string[] {
  const [back, again] = TURNS[rotation];
  return [...back, 'bwdif=mode=send_frame:deint=interlaced', ...again];
}

/** The largest even size in the source's own shape that fits the clip's picture. */
function fittedSize({ width, height }: MediaFacts): Size {
  const shape = width / height;
  return shape >= CLIP.width / CLIP.height
    ? { width: CLIP.width, height: 2 * Math.round(CLIP.width / 2 / shape) }
    : { width: 2 * Math.round((CLIP.height / 2) * shape), height: CLIP.height };
}

function scaled(facts: MediaFacts, { width, height }: Size): string {
  const matrix = ZSCALE_MATRICES[facts.colorMatrix ?? assumedMatrix(facts)];
  if (matrix === undefined) {
    return `scale=${width}:${height}:flags=bicubic:out_color_matrix=bt709:out_range=tv`;
  }
  const primaries = WIDE_PRIMARIES[facts.colorPrimaries ?? ''];
  const narrowed = primaries === undefined ? '' : `:pin=${primaries}:p=709:tin=709:t=709`;
  return `zscale=w=${width}:h=${height}:f=bicubic:min=${matrix}:m=709:r=tv${narrowed}`;
}

/** What players take a picture for that does not name its matrix. */
function assumedMatrix({ width, height, colorPrimaries }: MediaFacts): string {
  if (colorPrimaries === 'bt2020') return 'bt2020nc';
  return Math.min(width, height) >= HIGH_DEFINITION ? 'bt709' : 'smpte170m';
}

/** BT.2020 HLG or PQ to BT.709, white at 203 nits (ITU-R BT.2408); at the final size, as it works in floats. */
function toneMapped(transfer: string, { width, height }: Size): string[] {
  return [
    `zscale=w=${width}:h=${height}:f=bicubic:tin=${transfer}:min=2020_ncl:pin=2020`,
    'zscale=t=linear:npl=203',
    'format=gbrpf32le',
    'zscale=p=bt709',
    // The peak is not taken from the file: the word of a dim one would leave white no room, and burn it out.
    'tonemap=mobius:desat=0:peak=10',
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
