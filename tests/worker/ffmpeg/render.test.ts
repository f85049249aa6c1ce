import { readFile, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isFastStart } from '../../../worker/ffmpeg/clip-file.ts';
import {
  createQuadrants,
  decodeFrame,
  getColorName,
  makeSource,
  probeFile,
  type SourceOptions,
} from '../../kit/media/media.ts';
import {
  CONTENT_FRAME,
  createJobFolder,
  lenientRules,
  oneSecondRules,
  portraitSource,
  renderFile,
  renderFirstSecond,
} from '../../kit/media/worker-media.ts';

const BUMPERS = 150;
describe('every source', () => {
  const cases: [title: string, source: SourceOptions, fitted: [width: number, height: number]][] = [
    [
      'landscape with audio',
      { picture: createQuadrants({ width: 1280, height: 720, seconds: 1 }), sound: true },
      [1280, 720],
    ],
    ['portrait', portraitSource, [406, 720]],
  ];

  it.each(cases)('becomes the same kind of clip: %s', async (_title, source, [width, height]) => {
    const clip = await renderFirstSecond(source);

    const { streams, format } = await probeFile(clip.clipPath);
    expect(streams).toEqual([
      expect.objectContaining({
        ...{ codec_type: 'video', codec_name: 'h264', profile: 'High', pix_fmt: 'yuv420p' },
        ...{
          width: 1280,
          height: 720,
          sample_aspect_ratio: '1:1',
          r_frame_rate: '30/1',
          nb_read_frames: 30 + BUMPERS,
        },
        ...{ color_range: 'tv', color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709' },
      }),
    ]);
    expect(format.duration).toBeCloseTo(6, 3);
    expect(clip).toMatchObject({ durationSeconds: 6, frameCount: 180, sizeBytes: format.size });

    const frame = await decodeFrame(clip.clipPath, CONTENT_FRAME);
    const [left, top] = [(1280 - width) / 2, (720 - height) / 2];
    const corner = (right: boolean, down: boolean) =>
      getColorName(
        frame.at(right ? left + width - 200 * (width / 1280) : left + 6, down ? top + height - 7 : top + 6),
      );
    expect([corner(false, false), corner(true, false), corner(false, true), corner(true, true)]).toEqual([
      ...['red', 'green', 'blue', 'yellow'],
    ]);
    // Within the fitted picture only: the backdrop shows another white square.
    const across = countPositions(x => getColorName(frame.at(left + x, 360)) === 'white', width);
    const down = countPositions(y => getColorName(frame.at(640, y)) === 'white', 720);
    expect(Math.abs(across - down)).toBeLessThanOrEqual(6);
  });
});

describe('the length', () => {
  it.each([
    [2.5, 2, 60],
    [0.7, 2, 21],
  ])(
    'of a source of %d s, cut to at most %d s, is %d frames and the bumpers',
    async (seconds, clipSeconds, frames) => {
      const picture = `color=red:s=320x180:r=100:d=${seconds}`;
      const clip = await renderFile(await makeSource({ picture }), {
        rules: { ...lenientRules, clipSeconds },
      });
      const { streams } = await probeFile(clip.clipPath);
      expect(streams[0]?.nb_read_frames).toBe(frames + BUMPERS);
      expect(clip.frameCount).toBe(frames + BUMPERS);
    },
  );

  it('is limited when the frames of a source are hours apart', async () => {
    const hours = [
      '-vf',
      "setpts='N*36000/TB'",
      '-vsync',
      'vfr',
      '-c:v',
      'libx264',
      '-video_track_timescale',
      '1000',
    ];
    const gap = await makeSource({ picture: 'color=red:s=320x180:r=1:d=3', encode: hours });
    const rules = { ...oneSecondRules, maxSourceSeconds: 1e6 };
    const clip = await renderFile(gap, { rules });
    expect(clip.frameCount).toBe(30 + BUMPERS);
  });
});

it('a clip starts with its moov box, and equal sources give equal bytes', async () => {
  const [first, second] = [
    await renderFirstSecond(portraitSource),
    await renderFile(await makeSource(portraitSource), { rules: oneSecondRules }),
  ];
  expect(await isFastStart(first.clipPath)).toBe(true);
  expect((await readFile(first.clipPath)).equals(await readFile(second.clipPath))).toBe(true);
  expect((await readFile(first.posterPath)).equals(await readFile(second.posterPath))).toBe(true);
});

it('a clip of noise keeps the bit rate of its H.264 level', async () => {
  const picture = 'color=gray:s=1280x720:r=30:d=2,noise=alls=100:allf=t+u';
  const { sizeBytes } = await renderFile(await makeSource({ picture }));
  // High profile at level 4.0: 25 Mbit/s, plus the initial fill of the decoder's buffer.
  expect(sizeBytes * 8).toBeLessThan(3 * 25e6);
});

it('the progress of a rendering rises and never reaches 100', async () => {
  const percents: number[] = [];
  const picture = 'testsrc2=s=1920x1080:r=30:d=4';
  const rules = { ...lenientRules, clipSeconds: 4 };
  await renderFile(await makeSource({ picture }), { rules, onProgress: percent => percents.push(percent) });
  expect(percents.length).toBeGreaterThan(1);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(99);
});

it('a source shorter than its moov box declares is refused as CORRUPT', async () => {
  const whole = await createJobFolder(await makeSource({ picture: 'testsrc2=s=640x360:r=30:d=4' }));
  const path = `${whole.folder}/${whole.fileName}`;
  await truncate(path, Math.floor((await readFile(path)).length * 0.6));
  await expect(renderFile(path, { rules: { ...lenientRules, clipSeconds: 4 } })).rejects.toMatchObject({
    name: 'SourceRejected',
    reason: 'CORRUPT',
  });
});

it('a timeout on a slow host is not a fault of the source', async () => {
  const path = await makeSource({ picture: 'testsrc2=s=1920x1080:r=30:d=4' });
  await expect(renderFile(path, { timeoutSeconds: 0.3 })).rejects.toMatchObject({ name: 'FfmpegStalled' });
});

/** Counts the positions from 0 to `length` that have the property. */
function countPositions(has: (position: number) => boolean, length: number): number {
  return Array.from({ length }, (_, position) => has(position)).filter(Boolean).length;
}
