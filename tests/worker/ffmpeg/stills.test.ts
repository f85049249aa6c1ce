import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RenderedClip } from '../../../worker/steps/render.ts';
import { readAnimation } from '../../kit/media/animation.ts';
import { decodeFrame, getColorName, makeSource } from '../../kit/media/media.ts';
import { lenientRules, renderFile } from '../../kit/media/worker-media.ts';

const BLACK = '0x000000';
const RED = '0xD02020';
const GREEN = '0x20B020';
const BLUE = '0x2020D0';
const YELLOW = '0xD0D020';

/** Renders a clip with one colour per second; `seconds` can cut the last one. */
async function renderColors(colors: string[], seconds = colors.length): Promise<RenderedClip> {
  const parts = colors.map((color, index) => `color=${color}:s=320x180:r=30:d=1[s${index}];`);
  const labels = colors.map((_, index) => `[s${index}]`);
  const picture = `${parts.join('')}${labels.join('')}concat=n=${colors.length},trim=duration=${seconds}`;
  return renderFile(await makeSource({ picture }), { rules: { ...lenientRules, clipSeconds: 30 } });
}

describe('a clip with a black beginning', () => {
  let clip: RenderedClip;
  beforeAll(async () => {
    clip = await renderColors([BLACK, BLACK, RED, GREEN, BLUE, YELLOW, RED], 6.5);
  });

  it('has a poster of its first frame that is not black', async () => {
    const poster = await decodeFrame(clip.posterPath, 0);
    expect([poster.width, poster.height]).toEqual([1280, 720]);
    expect(getColorName(poster.at(640, 360))).toBe('red');
  });

  it('has a storyboard whose cues cover the whole clip', async () => {
    const cues = (await readFile(clip.storyboardCuesPath, 'utf8')).split('\n\n');
    expect(cues.map(cue => cue.trim())).toEqual([
      'WEBVTT',
      // The opening and the closing bumper are 2.5 seconds each.
      '00:00.000 --> 00:03.500\nstoryboard.jpg#xywh=0,0,160,90',
      '00:03.500 --> 00:04.500\nstoryboard.jpg#xywh=160,0,160,90',
      '00:04.500 --> 00:05.500\nstoryboard.jpg#xywh=320,0,160,90',
      '00:05.500 --> 00:06.500\nstoryboard.jpg#xywh=480,0,160,90',
      '00:06.500 --> 00:07.500\nstoryboard.jpg#xywh=640,0,160,90',
      '00:07.500 --> 00:08.500\nstoryboard.jpg#xywh=0,90,160,90',
      '00:08.500 --> 00:11.500\nstoryboard.jpg#xywh=160,90,160,90',
    ]);
    expect(clip.durationSeconds).toBe(11.5);

    const board = await decodeFrame(clip.storyboardPath, 0);
    expect([board.width, board.height]).toEqual([800, 180]);
    const centerColors = cues.slice(1).map(cue => {
      const [x = 0, y = 0] = (/xywh=(\d+),(\d+)/.exec(cue) ?? []).slice(1).map(Number);
      return getColorName(board.at(x + 80, y + 45));
    });
    expect(centerColors).toEqual(['dark', 'dark', 'red', 'green', 'blue', 'yellow', 'red']);
  });

  it('has a small preview that loops over three seconds', async () => {
    const { width, height, loops, frames } = await readAnimation(clip.previewPath);
    expect([width, height, loops]).toEqual([320, 180, 0]);
    // Seconds 1.5 to 4.5, with equal frames merged: the rest of the black, then red, green, blue.
    expect(frames.map(frame => frame.milliseconds)).toEqual([500, 1000, 1000, 500]);
    expect((await stat(clip.previewPath)).size).toBeLessThan(100_000);

    const still = join(dirname(clip.previewPath), 'frame.webp');
    await writeFile(still, frames[2]?.picture ?? '');
    expect(getColorName((await decodeFrame(still, 0)).at(160, 90))).toBe('green');
  });
});

it('a black clip shorter than the time of its poster has all stills', async () => {
  const clip = await renderColors([BLACK], 0.6);
  expect(getColorName((await decodeFrame(clip.posterPath, 0)).at(640, 360))).toBe('dark');
  expect(getColorName((await decodeFrame(clip.previewPath, 0)).at(160, 90))).toBe('dark');
  const board = await decodeFrame(clip.storyboardPath, 0);
  expect([board.width, board.height]).toEqual([800, 90]);
  expect(await readFile(clip.storyboardCuesPath, 'utf8')).toBe(
    'WEBVTT\n\n00:00.000 --> 00:05.600\nstoryboard.jpg#xywh=0,0,160,90\n',
  );
});
