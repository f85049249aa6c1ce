import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaFolder, runTool } from './media.ts';
import { createCounterFilter, drawTestPattern, type TestPatternShape } from './test-pattern.ts';

/** Options of a file with a test pattern and a counter, as a camera, phone or editor stores it. */
export interface TestPatternSource extends TestPatternShape {
  /** 30 when absent. */
  frameRate?: number;
  /** 1 when absent. */
  seconds?: number;
  /** Filters between drawing and encoding, such as drops, delays, rotations and fields. */
  filters?: readonly string[];
  /** Filter that converts to the encoder's colours; BT.709 in limited range when absent. */
  colors?: string;
  /** Further inputs, numbered from 1. */
  inputs?: readonly string[];
  /** Encoder options; H.264, fast and small, with colour tags when absent. */
  encode?: readonly string[];
  mux?: readonly string[];
  /** Options of a stream copy of the first file; `before` are the options before `-i`. */
  copy?: { before: readonly string[]; after: readonly string[] };
  /** Edits the bytes of the finished file. */
  edit?(file: Buffer): Buffer;
  container?: 'mp4' | 'mov';
}

export const createColorTags = (matrix: string, primaries: string, transfer: string, range = 'tv') => [
  ...['-colorspace', matrix, '-color_primaries', primaries, '-color_trc', transfer, '-color_range', range],
];
export const BT709 = createColorTags('bt709', 'bt709', 'bt709');
export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18'];

/** Returns a filter that converts RGB to an encoder's colours without visible loss. */
export const createColorFilter = (matrix: string, format = 'yuv420p', range = 'tv') =>
  `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_inp,format=${format}`;

/**
 * Returns a filter that tags frames with the colours of the encoder's options. Encoders of ffmpeg 7 read them
 * from the frames.
 */
function tagFrames(encode: readonly string[]): string {
  const getValue = (option: string) => encode[encode.indexOf(option) + 1] ?? '';
  const values = encode.includes('-colorspace')
    ? ['-colorspace', '-color_primaries', '-color_trc', '-color_range'].map(getValue)
    : Array.from({ length: 4 }, () => 'unknown');
  const [matrix, primaries, transfer, range] = values;
  return `setparams=colorspace=${matrix}:color_primaries=${primaries}:color_trc=${transfer}:range=${range}`;
}

/** Creates a file with the test pattern and returns its path; removed when the run ends. */
export async function makeTestPatternSource(source: TestPatternSource): Promise<string> {
  const { frameRate = 30, seconds = 1, container = 'mp4' } = source;
  const name = join(mediaFolder, randomUUID());
  const [image, path, copyPath] = [`${name}.ppm`, `${name}.${container}`, `${name}-copy.${container}`];
  await writeFile(image, drawTestPattern(source));
  const encode = source.encode ?? [...H264, ...BT709];
  const colors = source.colors ?? createColorFilter('bt709');
  const isTagged = /setparams|rgb/.test(colors);
  const filters = [
    ...(source.pixelAspect === undefined ? [] : [`setsar=${source.pixelAspect}`]),
    ...(source.filters ?? []),
    colors,
    ...(isTagged ? [] : [tagFrames(encode)]),
  ];
  await runTool('ffmpeg', [
    ...['-f', 'image2', '-loop', '1', '-framerate', String(frameRate), '-t', String(seconds), '-i', image],
    ...(source.inputs ?? []),
    ...[
      '-filter_complex',
      `${createCounterFilter(source, frameRate, seconds)},${filters.join(',')}[pattern]`,
    ],
    ...['-map', '[pattern]', '-fps_mode', 'passthrough', ...encode],
    ...['-movflags', '+faststart', ...(source.mux ?? []), path],
  ]);
  await rm(image);
  if (source.copy) {
    await runTool('ffmpeg', [
      ...source.copy.before,
      '-i',
      path,
      '-c',
      'copy',
      ...source.copy.after,
      copyPath,
    ]);
  }
  const output = source.copy ? copyPath : path;
  if (source.edit) await writeFile(output, source.edit(await readFile(output)));
  return output;
}
