import type { MainPart } from '../../kit/media/main-part.ts';
import type { Color, Frame } from '../../kit/media/media.ts';
import {
  type CardBox,
  type CardReading,
  expectedSizes,
  PATCHES,
  readCard,
  TICKS_PER_SECOND,
} from '../../kit/media/test-pattern.ts';
import type { FormatRow } from './formats-row.ts';

/** How far a colour may be from the card's, of 255: encoders round, and a wrong matrix or range is off by more. */
const COLOR_TOLERANCE = 7;
const SIZE_TOLERANCE_PIXELS = 2;
const FRAME_SECONDS = 1 / 30;
/** The counter is rounded to whole ticks. */
const TOLERANCE_TICKS = 0.6;

/** All that is wrong with the part of a clip that was made of a row's source; nothing, it should be. */
export function faultsOf(row: FormatRow, { frames, poster }: MainPart): string[] {
  const box = boxOf(row);
  const expectedFrames = row.frames ?? 30;
  const middle = frames[frames.length >> 1] ?? poster;
  return [
    ...(frames.length === expectedFrames ? [] : [`${frames.length} frames, not ${expectedFrames}`]),
    ...frames.flatMap((frame, index) => mistimed(row, index, readCard(frame, box).ticks)),
    ...pictureFaults(row, middle, box).map(fault => `clip: ${fault}`),
    ...pictureFaults(row, poster, box).map(fault => `poster: ${fault}`),
  ];
}

/** In frames of half a clip's width. */
function boxOf({ fitted: [width, height] = [1280, 720] }: FormatRow): CardBox {
  return { left: (1280 - width) / 4, top: (720 - height) / 4, width: width / 2, height: height / 2 };
}

/** A frame shows the source's latest picture by then, or one that comes less than half a frame later. */
function mistimed(row: FormatRow, index: number, ticks: number): string[] {
  const { startSeconds = 0, longestFrameSeconds = FRAME_SECONDS } = row;
  const { ticksPerSecond = TICKS_PER_SECOND } = row.source;
  const seconds = ticks / ticksPerSecond;
  const tolerance = TOLERANCE_TICKS / ticksPerSecond;
  const late = startSeconds + index * FRAME_SECONDS - seconds;
  const inTime =
    late > -FRAME_SECONDS / 2 - tolerance && late < Math.max(longestFrameSeconds, FRAME_SECONDS) + tolerance;
  return inTime ? [] : [`frame ${index} shows ${seconds.toFixed(3)} s`];
}

function pictureFaults(row: FormatRow, picture: Frame, box: CardBox): string[] {
  const reading = readCard(picture, box);
  return [...misfits(reading.sizes, expectedSizes(box)), ...wrongColors(row, reading)];
}

function misfits(found: CardReading['sizes'], expected: CardReading['sizes']): string[] {
  const names = ['red', 'yellow', 'square'] as const;
  return names.flatMap(name =>
    [0, 1].flatMap(side => {
      const [is, shouldBe] = [found[name][side] ?? 0, expected[name][side] ?? 0];
      if (Math.abs(is - shouldBe) <= SIZE_TOLERANCE_PIXELS) return [];
      return [`${name} is ${is.toFixed(1)} ${side === 0 ? 'wide' : 'high'}, not ${shouldBe.toFixed(1)}`];
    }),
  );
}

function wrongColors({ hdr = false }: FormatRow, { corners, white, gray }: CardReading): string[] {
  const expected: [string, Color, readonly number[]][] = [
    ['white', white, [255, 255, 255]],
    ['gray', gray, [128, 128, 128]],
  ];
  for (const [index, [name, color]] of Object.entries(PATCHES).entries()) {
    expected.push([name, corners[index] ?? [0, 0, 0], color]);
  }
  const isRight = hdr ? passesToneMapped : isClose;
  return expected.flatMap(([name, found, color]) =>
    isRight(name, found, color) ? [] : [`${name} is ${found.map(Math.round)}`],
  );
}

function isClose(_name: string, found: Color, expected: readonly number[]): boolean {
  return found.every((value, channel) => Math.abs(value - (expected[channel] ?? 0)) <= COLOR_TOLERANCE);
}

function passesToneMapped(name: string, found: Color, color: readonly number[]): boolean {
  const [lowest, highest] = [Math.min(...found), Math.max(...found)];
  const isNeutral = highest - lowest < 8;
  if (name === 'white') return isNeutral && lowest > 195 && highest <= 240;
  if (name === 'gray') return isNeutral && lowest > 85 && highest < 150;
  // Which channels are strong and which are weak tells the corner.
  const middle = (lowest + highest) / 2;
  return (
    highest - lowest > 40 && found.every((value, channel) => value > middle === (color[channel] ?? 0) > 112)
  );
}
