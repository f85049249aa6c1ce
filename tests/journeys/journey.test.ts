import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { StatusEvent, TestPlayer } from '../kit/api/client.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import {
  createQuadrants,
  decodeFrames,
  type Frame,
  getColorName,
  makeSource,
  mediaFolder,
  probeFile,
} from '../kit/media/media.ts';

const SECONDS = 20;
const BUMPER_FRAMES = 75;
const FRAMES = SECONDS * 30 + 2 * BUMPER_FRAMES;
/** Index of a frame in the middle of the recording. */
const MAIN_FRAME = FRAMES / 2;

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

const phone = { picture: createQuadrants({ width: 1920, height: 1080, seconds: SECONDS }), sound: true };

describe.each([
  // As phones store it: a landscape picture with a rotation matrix.
  { shape: 'portrait', source: { ...phone, rotate: 90 as const, container: 'mov' as const } },
  { shape: 'landscape', source: { ...phone, indexLast: true } },
])('a $shape video', ({ shape, source }) => {
  let events: StatusEvent[];
  let clipUrl: URL;
  let clipPath: string;
  /** Decoded frames by their position in the clip. */
  let frames: Record<'opening' | 'first' | 'main' | 'last' | 'closing', Frame>;

  it('is uploaded and subscribed to until it is published', async () => {
    const uploaded = await app.upload(player, await makeSource(source), { title: `My ${shape} skills` });
    if (uploaded.__typename !== 'Video') throw new Error(JSON.stringify(uploaded));
    expect(uploaded.status).toBe('UPLOADED');

    events = await Array.fromAsync(app.subscribeToVideo(uploaded.id, player));
    const last = events.at(-1);
    expect(last).toMatchObject({ status: 'PROCESSED', phase: null, percent: 100, failure: null });
    clipUrl = new URL(last?.video.processedUrl ?? '');
    expect(last?.video.durationSeconds).toBe(FRAMES / 30);
  });

  it('emits each event once, in order, with a percentage that never falls', () => {
    const sequences = events.map(event => event.sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
    const percents = events.map(event => event.percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    // The initial state, several steps of rendering and the end.
    expect(percents.filter(percent => percent > 0 && percent < 99).length).toBeGreaterThan(3);
    const statuses = [...new Set(events.map(event => event.status))];
    expect(statuses.slice(-2)).toEqual(['PROCESSING', 'PROCESSED']);
  });

  it('is served in byte ranges', async () => {
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

  it('becomes an H.264 clip of 1280x720 at 30 frames per second without audio', async () => {
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

  it('begins and ends with bumpers', async () => {
    const indices = [BUMPER_FRAMES - 25, BUMPER_FRAMES, MAIN_FRAME, FRAMES - BUMPER_FRAMES - 1, FRAMES - 25];
    const [opening, first, main, last, closing] = await decodeFrames(clipPath, indices);
    if (!opening || !first || !main || !last || !closing) throw new Error('The clip is too short');
    frames = { opening, first, main, last, closing };
    const recorded = readQuadrants(main, shape);
    expect(readQuadrants(opening, shape)).not.toEqual(recorded);
    expect(readQuadrants(closing, shape)).not.toEqual(recorded);
    // The frames next to the bumpers belong to the recording.
    for (const frame of [first, last]) expect(readQuadrants(frame, shape)).toEqual(recorded);
  });

  it('is shown upright and undistorted under the watermark', () => {
    const frame = frames.main;
    // Clockwise rotation by 90 degrees moves the bottom left quadrant to the top left.
    const expected =
      shape === 'portrait' ? ['blue', 'red', 'yellow', 'green'] : ['red', 'green', 'blue', 'yellow'];
    expect(readQuadrants(frame, shape)).toEqual(expected);
    // The square in the middle has equal width and height.
    const half = shape === 'portrait' ? 67 : 120;
    expect(getColorName(frame.at(640 + half - 8, 360))).toBe('white');
    expect(getColorName(frame.at(640, 360 + half - 8))).toBe('white');
    expect(getColorName(frame.at(640 + half + 8, 360 - 20))).not.toBe('white');
    expect(getColorName(frame.at(640 + 20, 360 + half + 8))).not.toBe('white');
    expect(isUniform(frame, { x: 1100, y: 24, width: 150, height: 60 })).toBe(false);
    expect(isUniform(frame, { x: 1100, y: 200, width: 150, height: 60 })).toBe(true);
  });

  it('has no black bars: a blurred copy fills the rest of the picture', () => {
    const frame = frames.main;
    const sides = [frame.at(100, 300), frame.at(1180, 300)];
    for (const [red, green, blue] of sides) expect(red + green + blue).toBeGreaterThan(60);
    expect(sides[0]).not.toEqual(sides[1]);
  });
});

/** Returns the colours of the recording's four quadrants, from the top left by rows. */
function readQuadrants(frame: Frame, shape: string): string[] {
  const [left, right] = shape === 'portrait' ? [640 - 150, 640 + 150] : [200, 1080];
  return [frame.at(left, 220), frame.at(right, 220), frame.at(left, 640), frame.at(right, 640)].map(
    getColorName,
  );
}

/** Returns true if an area of the picture has a single colour. */
function isUniform(frame: Frame, area: { x: number; y: number; width: number; height: number }): boolean {
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const values = steps.flatMap(dx =>
    steps.flatMap(dy => frame.pixel(area.x + dx * area.width, area.y + dy * area.height)),
  );
  const channels = [0, 1, 2].map(channel => values.filter((_, index) => index % 3 === channel));
  return channels.every(channel => Math.max(...channel) - Math.min(...channel) < 12);
}
