import type { Color, Frame } from './media.ts';

/** A multiple of most frame rates of cameras, of which nine bits last two seconds. */
export const TICKS_PER_SECOND = 240;
const BITS = 9;
/** The counter begins with a white and a black block, against which the others, a Gray code, are read. */
const BLOCKS = BITS + 2;
const STRIP = { left: 0.25, right: 0.75, top: 0.84, bottom: 0.96 };
const PATCH = { width: 0.2, height: 0.25 };
/** Of the shorter side. */
const SQUARE = 0.25;

export const PATCHES = {
  red: [192, 32, 32],
  green: [32, 176, 64],
  blue: [32, 48, 192],
  yellow: [192, 176, 32],
} as const;
const GRAY = 128;
const WHITE = 255;

/** A card as it is stored: its pixels may be wider than high (`pixelAspect`), its white and gray dimmer than full. */
export interface CardShape {
  width: number;
  height: number;
  pixelAspect?: number;
  white?: number;
  gray?: number;
  /** Of the counter; 240 when absent. */
  ticksPerSecond?: number;
}

/**
 * A picture that shows how it was turned, mirrored, stretched, cut and coloured, as a PPM: red, green, blue and yellow in the
 * corners (from the left top, by rows), a white square in the middle, all on gray.
 */
export function cardImage({ width, height, pixelAspect = 1, white = WHITE, gray = GRAY }: CardShape): Buffer {
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

/** A libavfilter graph from `[0]`, repeated cards, to cards with a counter of the moment they are shown at. */
export function counterGraph(card: CardShape, frameRate: number, seconds: number): string {
  const { width, height, white = WHITE, ticksPerSecond = TICKS_PER_SECOND } = card;
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

/** Where in a frame a card is to be found, in pixels. */
export interface CardBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What a frame shows of a card. */
export interface CardReading {
  /** In the order of {@link PATCHES}. */
  corners: Color[];
  white: Color;
  gray: Color;
  /** Width and height in pixels of the red patch, the yellow one and the white square. */
  sizes: { red: [number, number]; yellow: [number, number]; square: [number, number] };
  /** What its counter says; NaN when it can not be read, as where two moments are mixed. */
  ticks: number;
}

/** What {@link readCard} finds where a card fills its box unharmed. */
export function expectedSizes({ width, height }: CardBox): CardReading['sizes'] {
  const patch: [number, number] = [width * PATCH.width, height * PATCH.height];
  const side = SQUARE * Math.min(width, height);
  return { red: patch, yellow: patch, square: [side, side] };
}

export function readCard(frame: Frame, box: CardBox): CardReading {
  const x = (across: number) => box.left + across * box.width;
  const y = (down: number) => box.top + down * box.height;
  const at = (across: number, down: number) => frame.at(x(across) - 0.5, y(down) - 0.5);
  // The watermark covers the top of the second corner.
  const corners = [at(0.1, 0.21), at(0.9, 0.21), at(0.1, 0.8), at(0.9, 0.8)];
  const [white, gray] = [at(0.5, 0.5), at(0.5, 0.2)];
  const [red = gray, , , yellow = gray] = corners;
  const across = (color: Color, from: number, to: number, down: number) =>
    extent(x(from), x(to), position => shareOf(frame.pixel(position, y(down)), gray, color));
  const down = (color: Color, from: number, to: number, atX: number) =>
    extent(y(from), y(to), position => shareOf(frame.pixel(x(atX), position), gray, color));
  return {
    ...{ corners, white, gray },
    sizes: {
      red: [across(red, 0, 0.4, 0.15), down(red, 0, 0.5, 0.1)],
      yellow: [across(yellow, 0.78, 1, 0.9), down(yellow, 0.5, 1, 0.9)],
      square: [across(white, 0.22, 0.78, 0.5), down(white, 0.22, 0.78, 0.5)],
    },
    ticks: readCounter(index => {
      const block = (STRIP.right - STRIP.left) / BLOCKS;
      return at(STRIP.left + (index + 0.5) * block, (STRIP.top + STRIP.bottom) / 2)[1];
    }),
  };
}

function readCounter(brightness: (block: number) => number): number {
  const [white, black] = [brightness(0), brightness(1)];
  let ticks = 0;
  // From the highest bit on each says whether it differs from the one before.
  for (let bit = BITS - 1, isSet = false; bit >= 0; bit--) {
    const share = (brightness(bit + 2) - black) / (white - black);
    if (!(Math.abs(share - 0.5) > 0.2)) return Number.NaN;
    isSet = share > 0.5 !== isSet;
    if (isSet) ticks += 2 ** bit;
  }
  return ticks;
}

/** How many pixels from one position to another have the property, those at an edge in part. */
function extent(from: number, to: number, shareAt: (position: number) => number): number {
  let sum = 0;
  for (let position = Math.round(from); position < Math.round(to); position++) sum += shareAt(position);
  return sum;
}

/** How far a colour is from one towards another, 0 to 1. */
function shareOf(color: Color, from: Color, to: Color): number {
  const dot = (a: Color, b: Color) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const minus = (a: Color, b: Color): Color => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const way = minus(to, from);
  return Math.min(1, Math.max(0, dot(minus(color, from), way) / dot(way, way)));
}
