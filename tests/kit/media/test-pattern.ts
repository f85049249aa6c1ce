import type { Color, Frame } from './media.ts';

/** A multiple of most frame rates of cameras. Nine bits of ticks last two seconds. */
export const TICKS_PER_SECOND = 240;
const BITS = 9;
/** The counter: a white and a black reference block, then a Gray code. */
const BLOCKS = BITS + 2;
const STRIP = { left: 0.25, right: 0.75, top: 0.84, bottom: 0.96 };
const PATCH = { width: 0.2, height: 0.25 };
/** Side of the white square as a share of the shorter side. */
const SQUARE = 0.25;

export const PATCHES = {
  red: [192, 32, 32],
  green: [32, 176, 64],
  blue: [32, 48, 192],
  yellow: [192, 176, 32],
} as const;
const GRAY = 128;
const WHITE = 255;

/**
 * Size and brightness of a stored test pattern. `pixelAspect` is the width of a pixel divided by its height.
 */
export interface TestPatternShape {
  width: number;
  height: number;
  pixelAspect?: number;
  white?: number;
  gray?: number;
  /** Ticks of the counter; 240 when absent. */
  ticksPerSecond?: number;
}

/**
 * Draws the test pattern as a PPM. It reveals rotation, mirroring, stretching, cropping and colour errors:
 * red, green, blue and yellow corners (from the top left, by rows) and a white square in the middle, on gray.
 */
export function drawTestPattern({
  width,
  height,
  pixelAspect = 1,
  white = WHITE,
  gray = GRAY,
}: TestPatternShape): Buffer {
  const pixels = Buffer.alloc(3 * width * height, gray);
  const fill = (color: readonly number[], left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.round(top); y < Math.round(bottom); y++) {
      for (let x = Math.round(left); x < Math.round(right); x++) pixels.set(color, 3 * (y * width + x));
    }
  };
  const [right, bottom] = [width * (1 - PATCH.width), height * (1 - PATCH.height)];
  fill(PATCHES.red, 0, 0, width * PATCH.width, height * PATCH.height);
  fill(PATCHES.green, right, 0, width, height * PATCH.height);
  fill(PATCHES.blue, 0, bottom, width * PATCH.width, height);
  fill(PATCHES.yellow, right, bottom, width, height);
  const side = SQUARE * Math.min(width * pixelAspect, height);
  const [across, down] = [side / pixelAspect / 2, side / 2];
  fill([white, white, white], width / 2 - across, height / 2 - down, width / 2 + across, height / 2 + down);
  return Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]);
}

/**
 * Returns a libavfilter graph that adds a counter of the presentation time to the repeated pattern in `[0]`.
 */
export function createCounterFilter(pattern: TestPatternShape, frameRate: number, seconds: number): string {
  const { width, height, white = WHITE, ticksPerSecond = TICKS_PER_SECOND } = pattern;
  const [left, top] = [Math.round(width * STRIP.left), Math.round(height * STRIP.top)];
  const [right, bottom] = [Math.round(width * STRIP.right), Math.round(height * STRIP.bottom)];
  const ticks = `floor(T*${ticksPerSecond}+0.5)`;
  const bit = `mod(floor(${ticks}/pow(2,X-2))+floor(${ticks}/pow(2,X-1)),2)`;
  return [
    `nullsrc=s=${BLOCKS}x1:r=${frameRate}:d=${seconds},format=gray`,
    `geq=lum='${white}*if(lt(X,2),1-X,${bit})'`,
    `scale=${right - left}:${bottom - top}:flags=neighbor,format=gbrp[counter];[0][counter]overlay=${left}:${top}:format=gbrp`,
  ].join(',');
}

/** Position and size of a test pattern in a frame, in pixels. */
export interface TestPatternBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Measurements of a test pattern in a frame. */
export interface TestPatternReading {
  /** Corner colours in the order of {@link PATCHES}. */
  corners: Color[];
  white: Color;
  gray: Color;
  /** Width and height in pixels of the red patch, the yellow one and the white square. */
  sizes: { red: [number, number]; yellow: [number, number]; square: [number, number] };
  /** Value of the counter; NaN if it is unreadable, for example where two frames are blended. */
  ticks: number;
}

/** Returns the sizes that {@link readTestPattern} measures in an undistorted pattern that fills its box. */
export function getExpectedSizes({ width, height }: TestPatternBox): TestPatternReading['sizes'] {
  const patch: [number, number] = [width * PATCH.width, height * PATCH.height];
  const side = SQUARE * Math.min(width, height);
  return { red: patch, yellow: patch, square: [side, side] };
}

/** Measures the test pattern in `box` of a frame. */
export function readTestPattern(frame: Frame, box: TestPatternBox): TestPatternReading {
  const x = (across: number) => box.left + across * box.width;
  const y = (down: number) => box.top + down * box.height;
  const sample = (across: number, down: number) => frame.at(x(across) - 0.5, y(down) - 0.5);
  // The watermark covers the top of the second corner.
  const corners = [sample(0.1, 0.21), sample(0.9, 0.21), sample(0.1, 0.8), sample(0.9, 0.8)];
  const [white, gray] = [sample(0.5, 0.5), sample(0.5, 0.2)];
  const [red = gray, , , yellow = gray] = corners;
  const across = (color: Color, from: number, to: number, down: number) =>
    findExtent(x(from), x(to), position => getColorShare(frame.pixel(position, y(down)), gray, color));
  const down = (color: Color, from: number, to: number, atX: number) =>
    findExtent(y(from), y(to), position => getColorShare(frame.pixel(x(atX), position), gray, color));
  return {
    ...{ corners, white, gray },
    sizes: {
      red: [across(red, 0, 0.4, 0.15), down(red, 0, 0.5, 0.1)],
      yellow: [across(yellow, 0.78, 1, 0.9), down(yellow, 0.5, 1, 0.9)],
      square: [across(white, 0.22, 0.78, 0.5), down(white, 0.22, 0.78, 0.5)],
    },
    ticks: readCounter(index => {
      const block = (STRIP.right - STRIP.left) / BLOCKS;
      return sample(STRIP.left + (index + 0.5) * block, (STRIP.top + STRIP.bottom) / 2)[1];
    }),
  };
}

function readCounter(brightness: (block: number) => number): number {
  const [white, black] = [brightness(0), brightness(1)];
  let ticks = 0;
  // Gray code, highest bit first: each block shows whether its bit differs from the bit before.
  for (let bit = BITS - 1, isSet = false; bit >= 0; bit--) {
    const share = (brightness(bit + 2) - black) / (white - black);
    if (!(Math.abs(share - 0.5) > 0.2)) return Number.NaN;
    isSet = share > 0.5 !== isSet;
    if (isSet) ticks += 2 ** bit;
  }
  return ticks;
}

/** Sums the shares of the pixels from one position to another; an edge pixel counts in part. */
function findExtent(from: number, to: number, shareAt: (position: number) => number): number {
  let sum = 0;
  for (let position = Math.round(from); position < Math.round(to); position++) sum += shareAt(position);
  return sum;
}

/** Returns the share of `to` in a mixture of `from` and `to`, 0 to 1. */
function getColorShare(color: Color, from: Color, to: Color): number {
  const dot = (a: Color, b: Color) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const minus = (a: Color, b: Color): Color => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const direction = minus(to, from);
  return Math.min(1, Math.max(0, dot(minus(color, from), direction) / dot(direction, direction)));
}
