import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { StatusEvent, TestPlayer } from '../kit/api/client.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import {
  colorName,
  type Frame,
  framesPixels,
  makeSource,
  mediaFolder,
  probeFile,
  quadrants,
} from '../kit/media/media.ts';

const SECONDS = 20;
const BUMPER_FRAMES = 75;
const FRAMES = SECONDS * 30 + 2 * BUMPER_FRAMES;
/** In the middle of what the player recorded. */
const IN_MAIN = FRAMES / 2;

let app: App;
let worker: TestWorker;
let player: TestPlayer;

beforeAll(async () => {
  app = await startApp();
  [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

const phone = { picture: quadrants({ width: 1920, height: 1080, seconds: SECONDS }), sound: true };

describe.each([
  // As phones do it: the sensor's picture lies on its side, and a matrix says how to turn it.
  { shape: 'portrait', recipe: { ...phone, rotate: 90 as const, container: 'mov' as const } },
  { shape: 'landscape', recipe: { ...phone, indexLast: true } },
])('a player with a $shape video', ({ shape, recipe }) => {
  let events: StatusEvent[];
  let clipUrl: URL;
  let clipPath: string;
  /** By where they are in the clip; decoded once. */
  let frames: Record<'opening' | 'first' | 'main' | 'last' | 'closing', Frame>;

  it('uploads it and follows it until it is published', async () => {
    const uploaded = await app.upload(player, await makeSource(recipe), { title: `My ${shape} skills` });
    if (uploaded.__typename !== 'Video') throw new Error(JSON.stringify(uploaded));
    expect(uploaded.status).toBe('UPLOADED');

    events = await Array.fromAsync(app.follow(uploaded.id, player));
    const last = events.at(-1);
    expect(last).toMatchObject({ status: 'PROCESSED', phase: null, percent: 100, failure: null });
    clipUrl = new URL(last?.video.processedUrl ?? '');
    expect(last?.video.durationSeconds).toBe(FRAMES / 30);
  });

  it('was told each step once, in order, and never a falling percentage', () => {
    const sequences = events.map(event => event.sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
    const percents = events.map(event => event.percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    // Snapshot, several steps of rendering, end: a follower who only learns of the end has no progress to show.
    expect(percents.filter(percent => percent > 0 && percent < 99).length).toBeGreaterThan(3);
    const statuses = [...new Set(events.map(event => event.status))];
    expect(statuses.slice(-2)).toEqual(['PROCESSING', 'PROCESSED']);
  });

  it('plays it by ranges, as a browser does', async () => {
    const whole = Buffer.from(await (await fetch(clipUrl)).arrayBuffer());
    const head = await fetch(clipUrl, { headers: { range: 'bytes=0-1023' } });
    expect(head.status).toBe(206);
    expect(head.headers.get('content-range')).toBe(`bytes 0-1023/${whole.length}`);
    expect(Buffer.from(await head.arrayBuffer())).toEqual(whole.subarray(0, 1024));
    const tail = await fetch(clipUrl, { headers: { range: 'bytes=-500' } });
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(whole.subarray(-500));
    clipPath = join(mediaFolder, `${shape}-clip.mp4`);
    await writeFile(clipPath, whole);
  });

  it('gets a clip fit for broadcast', async () => {
    const { streams, format } = await probeFile(clipPath);
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({
      codec_type: 'video',
      codec_name: 'h264',
      profile: 'High',
      pix_fmt: 'yuv420p',
      width: 1280,
      height: 720,
      sample_aspect_ratio: '1:1',
      r_frame_rate: '30/1',
      nb_read_frames: FRAMES,
    });
    expect(format.duration).toBeCloseTo(FRAMES / 30, 2);
  });

  it('begins and ends with the bumpers', async () => {
    const indices = [BUMPER_FRAMES - 25, BUMPER_FRAMES, IN_MAIN, FRAMES - BUMPER_FRAMES - 1, FRAMES - 25];
    const [opening, first, main, last, closing] = await framesPixels(clipPath, indices);
    if (!opening || !first || !main || !last || !closing) throw new Error('The clip is too short');
    frames = { opening, first, main, last, closing };
    const recorded = quadrantsOf(main, shape);
    expect(quadrantsOf(opening, shape)).not.toEqual(recorded);
    expect(quadrantsOf(closing, shape)).not.toEqual(recorded);
    // The frames next to the seams belong to the recording, and so to neither bumper.
    for (const frame of [first, last]) expect(quadrantsOf(frame, shape)).toEqual(recorded);
  });

  it('shows the recording upright and unstretched, with the watermark over it', () => {
    const frame = frames.main;
    // Turned clockwise by 90 degrees, what was left below comes left on top.
    const expected =
      shape === 'portrait' ? ['blue', 'red', 'yellow', 'green'] : ['red', 'green', 'blue', 'yellow'];
    expect(quadrantsOf(frame, shape)).toEqual(expected);
    // The square in the middle is as wide as it is high.
    const half = shape === 'portrait' ? 67 : 120;
    expect(colorName(frame.at(640 + half - 8, 360))).toBe('white');
    expect(colorName(frame.at(640, 360 + half - 8))).toBe('white');
    expect(colorName(frame.at(640 + half + 8, 360 - 20))).not.toBe('white');
    expect(colorName(frame.at(640 + 20, 360 + half + 8))).not.toBe('white');
    expect(plain(frame, { x: 1100, y: 24, width: 150, height: 60 })).toBe(false);
    expect(plain(frame, { x: 1100, y: 200, width: 150, height: 60 })).toBe(true);
  });

  it('has no black bars: what the recording does not fill shows it out of focus', () => {
    const frame = frames.main;
    const sides = [frame.at(100, 300), frame.at(1180, 300)];
    for (const [red, green, blue] of sides) expect(red + green + blue).toBeGreaterThan(60);
    expect(sides[0]).not.toEqual(sides[1]);
  });
});

/** The colours of the recording's four quadrants, from the left top by rows. */
function quadrantsOf(frame: Frame, shape: string): string[] {
  const [left, right] = shape === 'portrait' ? [640 - 150, 640 + 150] : [200, 1080];
  return [frame.at(left, 220), frame.at(right, 220), frame.at(left, 640), frame.at(right, 640)].map(
    colorName,
  );
}

/** Whether a part of the picture has but one colour. */
function plain(frame: Frame, area: { x: number; y: number; width: number; height: number }): boolean {
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const values = steps.flatMap(dx =>
    steps.flatMap(dy => frame.pixel(area.x + dx * area.width, area.y + dy * area.height)),
  );
  const channels = [0, 1, 2].map(channel => values.filter((_, index) => index % 3 === channel));
  return channels.every(channel => Math.max(...channel) - Math.min(...channel) < 12);
}
