import type { ContentPart } from '../../kit/media/content-part.ts';
import type { Color, Frame } from '../../kit/media/media.ts';
import {
  getExpectedSizes,
  PATCHES,
  readTestPattern,
  type TestPatternBox,
  type TestPatternReading,
  TICKS_PER_SECOND,
} from '../../kit/media/test-pattern.ts';
import type { FormatCase } from './format-case.ts';

/** Tolerance of a colour channel, of 255. Encoders round; a wrong matrix or range differs by more. */
const COLOR_TOLERANCE = 7;
const SIZE_TOLERANCE_PIXELS = 2;
const FRAME_SECONDS = 1 / 30;
/** More than half a tick, as the counter is rounded to whole ticks. */
const TOLERANCE_TICKS = 0.6;

/** Returns a sentence for each way in which the main part of a clip differs from its format case. */
export function findClipProblems(formatCase: FormatCase, { frames, poster }: ContentPart): string[] {
  const box = toPatternBox(formatCase);
  const expectedFrames = formatCase.frames ?? 30;
  const middle = frames[frames.length >> 1] ?? poster;
  return [
    ...(frames.length === expectedFrames ? [] : [`${frames.length} frames, not ${expectedFrames}`]),
    ...frames.flatMap((frame, index) =>
      findTimingProblems(formatCase, index, readTestPattern(frame, box).ticks),
    ),
    ...findPictureProblems(formatCase, middle, box).map(problem => `clip: ${problem}`),
    ...findPictureProblems(formatCase, poster, box).map(problem => `poster: ${problem}`),
  ];
}

/** The box of the test pattern in frames of half the clip's width. */
function toPatternBox({ fitted: [width, height] = [1280, 720] }: FormatCase): TestPatternBox {
  return { left: (1280 - width) / 4, top: (720 - height) / 4, width: width / 2, height: height / 2 };
}

/**
 * A frame must show the source's latest frame at its time, or one that comes less than half a frame later.
 */
function findTimingProblems(formatCase: FormatCase, index: number, ticks: number): string[] {
  const { startSeconds = 0, longestFrameSeconds = FRAME_SECONDS } = formatCase;
  const { ticksPerSecond = TICKS_PER_SECOND } = formatCase.source;
  const seconds = ticks / ticksPerSecond;
  const tolerance = TOLERANCE_TICKS / ticksPerSecond;
  const delay = startSeconds + index * FRAME_SECONDS - seconds;
  const inTime =
    delay > -FRAME_SECONDS / 2 - tolerance &&
    delay < Math.max(longestFrameSeconds, FRAME_SECONDS) + tolerance;
  return inTime ? [] : [`frame ${index} shows ${seconds.toFixed(3)} s`];
}

function findPictureProblems(formatCase: FormatCase, picture: Frame, box: TestPatternBox): string[] {
  const reading = readTestPattern(picture, box);
  return [
    ...findSizeProblems(reading.sizes, getExpectedSizes(box)),
    ...findColorProblems(formatCase, reading),
  ];
}

function findSizeProblems(
  found: TestPatternReading['sizes'],
  expected: TestPatternReading['sizes'],
): string[] {
  const names = ['red', 'yellow', 'square'] as const;
  return names.flatMap(name =>
    [0, 1].flatMap(side => {
      const [actualSize, expectedSize] = [found[name][side] ?? 0, expected[name][side] ?? 0];
      if (Math.abs(actualSize - expectedSize) <= SIZE_TOLERANCE_PIXELS) return [];
      return [
        `${name} is ${actualSize.toFixed(1)} ${side === 0 ? 'wide' : 'high'}, not ${expectedSize.toFixed(1)}`,
      ];
    }),
  );
}

function findColorProblems(
  { hdr = false }: FormatCase,
  { corners, white, gray }: TestPatternReading,
): string[] {
  const expected: [string, Color, readonly number[]][] = [
    ['white', white, [255, 255, 255]],
    ['gray', gray, [128, 128, 128]],
  ];
  for (const [index, [name, color]] of Object.entries(PATCHES).entries()) {
    expected.push([name, corners[index] ?? [0, 0, 0], color]);
  }
  const isAccepted = hdr ? isToneMapped : isClose;
  return expected.flatMap(([name, found, color]) =>
    isAccepted(name, found, color) ? [] : [`${name} is ${found.map(Math.round)}`],
  );
}

function isClose(_name: string, found: Color, expected: readonly number[]): boolean {
  return found.every((value, channel) => Math.abs(value - (expected[channel] ?? 0)) <= COLOR_TOLERANCE);
}

function isToneMapped(name: string, found: Color, color: readonly number[]): boolean {
  const [lowest, highest] = [Math.min(...found), Math.max(...found)];
  const isNeutral = highest - lowest < 8;
  if (name === 'white') return isNeutral && lowest > 195 && highest <= 240;
  if (name === 'gray') return isNeutral && lowest > 85 && highest < 150;
  // The strong and the weak channels identify the corner.
  const middle = (lowest + highest) / 2;
  return (
    highest - lowest > 40 && found.every((value, channel) => value > middle === (color[channel] ?? 0) > 112)
  );
}
