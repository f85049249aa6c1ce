import { describe, expect, it } from 'vitest';
import { decodeFrame, getColorName, makeSource } from '../../kit/media/media.ts';
import {
  CONTENT_FRAME,
  oneSecondRules,
  openRenderTools,
  portraitSource,
  renderFile,
  renderFirstSecond,
} from '../../kit/media/worker-media.ts';

describe('the picture', () => {
  it('is laid over a blurred copy of itself, without black bars', async () => {
    const frame = await decodeFrame((await renderFirstSecond(portraitSource)).clipPath, CONTENT_FRAME);
    expect([frame.at(60, 40), frame.at(60, 700), frame.at(1220, 700)].map(getColorName)).toEqual([
      'red',
      'blue',
      'yellow',
    ]);
    const step = (x: number) => Math.abs(frame.at(60, x)[0] - frame.at(60, x + 12)[0]);
    const steepest = Math.max(...Array.from({ length: 57 }, (_, index) => step(20 + index * 12)));
    expect(steepest).toBeLessThan(60);
  });

  it('has the watermark in the top right corner, in the clip and in the poster', async () => {
    const gray = 'color=0x404040:s=1280x720:r=30:d=2';
    const clip = await renderFile(await makeSource({ picture: gray }));
    const moving = await decodeFrame(clip.clipPath, CONTENT_FRAME);
    const still = await decodeFrame(clip.posterPath, 0);
    for (const frame of [moving, still]) {
      expect([frame.width, frame.height]).toEqual([1280, 720]);
      const marked = (fromX: number, fromY: number) =>
        Array.from({ length: 168 * 16 }, (_, i) =>
          frame.at(fromX + (i % 168), fromY + 4 * Math.floor(i / 168)),
        ).filter(([red]) => red > 150).length;
      expect(marked(1280 - 24 - 168, 24)).toBeGreaterThan(300);
      expect(marked(24, 24)).toBe(0);
      expect(marked(1280 - 24 - 168, 720 - 24 - 64)).toBe(0);
    }
  });

  it('stands between the bumpers of 2.5 seconds each', async () => {
    const { bumpers } = await openRenderTools();
    const clip = await renderFile(await makeSource({ picture: 'color=0x20B020:s=640x360:r=30:d=1' }), {
      rules: oneSecondRules,
    });
    const isGreen = async (index: number) =>
      getColorName((await decodeFrame(clip.clipPath, index)).at(300, 600)) === 'green';
    expect([await isGreen(74), await isGreen(75), await isGreen(104), await isGreen(105)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    for (const [path, index, from] of [
      [bumpers.openingPath, 50, 0],
      [bumpers.closingPath, 50, 105],
    ] as const) {
      const [expected, found] = [
        await decodeFrame(path, index),
        await decodeFrame(clip.clipPath, from + index),
      ];
      for (const [x, y] of [
        [400, 270],
        [640, 300],
        [700, 470],
      ] as const)
        expect(found.at(x, y)).toEqual(expected.at(x, y));
    }
  });
});
