import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { detectSandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { inspect, type SourceFile } from '../../../worker/steps/inspect.ts';
import { createQuadrants, makeSource, type SourceOptions } from '../../kit/media/media.ts';
import { createJobFolder, defaultRules, lenientRules } from '../../kit/media/worker-media.ts';

const sandbox = await detectSandbox();
const inspectFile = (source: SourceFile, rules = lenientRules) =>
  inspect(source, rules, { sandbox, signal: machineTimeout(20) });
const inspectSource = async (source: SourceOptions, rules = lenientRules) =>
  inspectFile(await createJobFolder(await makeSource(source)), rules);

/** Creates a source of these bytes. */
async function writeSource(content: string | Buffer): Promise<SourceFile> {
  const source = await createJobFolder(import.meta.filename);
  await writeFile(join(source.folder, source.fileName), content);
  return source;
}

const small = (seconds: number, frameRate = 10) => `color=red:s=320x240:r=${frameRate}:d=${seconds}`;
const sized = (width: number, height: number) => `color=red:s=${width}x${height}:r=10:d=1`;

describe('the contest rules', () => {
  it.each([
    [19.9, 'TOO_SHORT'],
    [60.1, 'TOO_LONG'],
  ])('refuse %d seconds as %s', async (seconds, reason) => {
    const rules = { ...defaultRules, minSourceHeight: 240 };
    await expect(inspectSource({ picture: small(seconds) }, rules)).rejects.toMatchObject({ reason });
  });

  it.each([20, 60])('accept %d seconds', async seconds => {
    const facts = await inspectSource({ picture: small(seconds) }, { ...defaultRules, minSourceHeight: 240 });
    expect(facts.durationSeconds).toBeCloseTo(seconds, 3);
  });

  it('measure the video track, not a longer audio track', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=d=1.4', '-c:v', 'libx264', '-c:a', 'aac'];
    const facts = await inspectSource({ picture: small(1), encode: sound });
    expect(facts.durationSeconds).toBeCloseTo(1, 3);
  });

  it.each([
    ['1920x1078', { picture: sized(1920, 1078) }],
    ['1078x1920', { picture: sized(1078, 1920) }],
    ['a rotated 1920x1078', { picture: sized(1920, 1078), rotate: 90 }],
  ] as const)('refuse %s as RESOLUTION_TOO_LOW', async (_title, source) => {
    const rules = { ...lenientRules, minSourceHeight: 1080 };
    await expect(inspectSource(source, rules)).rejects.toMatchObject({ reason: 'RESOLUTION_TOO_LOW' });
  });

  it('accept 1080x1920, also when it is stored rotated', async () => {
    const rules = { ...lenientRules, minSourceHeight: 1080 };
    expect(await inspectSource({ picture: sized(1080, 1920) }, rules)).toMatchObject({
      width: 1080,
      height: 1920,
      rotation: 0,
    });
    expect(await inspectSource({ picture: sized(1920, 1080), rotate: 90 }, rules)).toMatchObject({
      width: 1080,
      height: 1920,
      rotation: 90,
    });
  });
});

describe('inspect', () => {
  it('accepts a QuickTime file by its content, regardless of its name', async () => {
    expect(await inspectSource({ picture: small(1), container: 'mov' })).toMatchObject({
      codec: 'h264',
      width: 320,
    });
  });

  it('reads pixel aspect ratio, interlacing and high dynamic range from the file', async () => {
    expect(await inspectSource({ picture: `${sized(720, 540)},setsar=4/3` })).toMatchObject({
      width: 960,
      height: 540,
    });
    const interlaced = [
      '-c:v',
      'libx264',
      '-flags',
      '+ilme+ildct',
      '-x264-params',
      'tff=1',
      '-pix_fmt',
      'yuv420p',
    ];
    expect(await inspectSource({ picture: small(1), encode: interlaced })).toMatchObject({
      interlaced: true,
    });
    const hlg = [
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p10le',
      ...['-color_trc', 'arib-std-b67', '-colorspace', 'bt2020nc'],
      // Encoders of ffmpeg 7 read the colours of the frames.
      ...['-vf', 'setparams=color_trc=arib-std-b67:colorspace=bt2020nc'],
    ];
    expect(await inspectSource({ picture: small(1), encode: hlg })).toMatchObject({
      hdr: 'arib-std-b67',
      colorMatrix: 'bt2020nc',
    });
  });

  it.each([
    ['a Matroska file', { picture: small(1), container: 'mkv' }],
    ['a codec outside the allowed list', { picture: small(1), encode: ['-c:v', 'mjpeg'] }],
    ['more pixels than 4K', { picture: 'color=red:s=4320x2400:r=2:d=1' }],
    ['an extreme aspect ratio', { picture: sized(640, 62) }],
  ] as const)('refuses %s as UNSUPPORTED_FORMAT', async (_title, source) => {
    await expect(inspectSource(source)).rejects.toMatchObject({ reason: 'UNSUPPORTED_FORMAT' });
  });

  it.each([
    ['audio only', ['-map', '1:a', '-c:a', 'aac']],
    [
      'a song with a cover image',
      ['-map', '1:a', '-map', '0:v', '-c:v', 'png', '-frames:v', '1', '-disposition:v', 'attached_pic'],
    ],
  ])('refuses %s as NOT_A_VIDEO', async (_title, streams) => {
    const encode = ['-f', 'lavfi', '-i', 'sine=d=1', ...streams];
    await expect(inspectSource({ picture: small(1), encode })).rejects.toMatchObject({
      reason: 'NOT_A_VIDEO',
    });
  });

  it.each([
    ['an empty file', ''],
    ['text', 'a video, honestly'],
    ['an image', Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')],
    ['a ZIP archive', Buffer.from(`504b0304${'00'.repeat(26)}`, 'hex')],
    ['an HLS playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nother.mp4\n#EXT-X-ENDLIST\n'],
    ['a concat script', "ffconcat version 1.0\nfile 'other.mp4'\n"],
  ])('refuses %s as NOT_A_VIDEO', async (_title, content) => {
    await expect(inspectFile(await writeSource(content))).rejects.toMatchObject({ reason: 'NOT_A_VIDEO' });
  });

  it('does not follow a playlist with the header of an MP4 file', async () => {
    const head = Buffer.from('0000001066747970697361766331000a', 'hex');
    const source = await writeSource(
      Buffer.concat([head, Buffer.from("\nffconcat version 1.0\nfile 'other.mp4'\n")]),
    );
    const other = await readFile(
      await makeSource({ picture: createQuadrants({ width: 320, height: 240, seconds: 1 }) }),
    );
    await writeFile(join(source.folder, 'other.mp4'), other);
    await expect(inspectFile(source)).rejects.toMatchObject({ name: 'SourceRejected' });
  });

  it('refuses a file without its end and its moov box as CORRUPT', async () => {
    const source = await createJobFolder(
      await makeSource({ picture: 'testsrc2=s=640x360:r=10:d=1', indexLast: true }),
    );
    const path = join(source.folder, source.fileName);
    await truncate(path, Math.floor((await readFile(path)).length * 0.7));
    await expect(inspectFile(source)).rejects.toMatchObject({ reason: 'CORRUPT' });
  });
});

it('a missing source is an internal error', async () => {
  const error = await inspectFile({ folder: (await writeSource('')).folder, fileName: 'gone' }).catch(
    error => error,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error.name).not.toBe('SourceRejected');
});

it('inspect stops with the reason of the signal', async () => {
  const source = await createJobFolder(await makeSource({ picture: small(1) }));
  const reason = new Error('the video was deleted');
  const inspecting = inspect(source, lenientRules, { sandbox, signal: AbortSignal.abort(reason) });
  await expect(inspecting).rejects.toBe(reason);
});
