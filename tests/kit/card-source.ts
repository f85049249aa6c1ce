import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CardShape, cardImage, counterGraph } from './card.ts';
import { mediaFolder, runTool } from './media.ts';

/** A file as some camera, phone or editor would have stored a card with a counter. */
export interface CardSource extends CardShape {
  /** 30 when absent. */
  frameRate?: number;
  /** 1 when absent. */
  seconds?: number;
  /** What happens to the pictures between being drawn and being encoded: drops, delays, turns, fields. */
  filters?: readonly string[];
  /** Has the pictures in the encoder's colours; BT.709 in limited range when absent. */
  colors?: string;
  /** More inputs, from number 1 on. */
  inputs?: readonly string[];
  /** H.264, fast and small, with its colours named, when absent. */
  encode?: readonly string[];
  mux?: readonly string[];
  /** Options of a copy that is made of the first file, its input's before `-i`. */
  copy?: { before: readonly string[]; after: readonly string[] };
  /** Changes bytes of the finished file. */
  edit?(file: Buffer): Buffer;
  container?: 'mp4' | 'mov';
}

export const colorTags = (matrix: string, primaries: string, transfer: string, range = 'tv') => [
  ...['-colorspace', matrix, '-color_primaries', primaries, '-color_trc', transfer, '-color_range', range],
];
export const BT709 = colorTags('bt709', 'bt709', 'bt709');
export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18'];

/** Colours in a form that an encoder takes, made from RGB without a loss that could be seen. */
export const inColors = (matrix: string, format = 'yuv420p', range = 'tv') =>
  `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_inp,format=${format}`;

/** The filter that tags frames with the colours of the encoder's options, or with none. Encoders of ffmpeg 7 read the frames. */
function naming(encode: readonly string[]): string {
  const named = (option: string) => encode[encode.indexOf(option) + 1] ?? '';
  const values = encode.includes('-colorspace')
    ? ['-colorspace', '-color_primaries', '-color_trc', '-color_range'].map(named)
    : Array.from({ length: 4 }, () => 'unknown');
  const [matrix, primaries, transfer, range] = values;
  return `setparams=colorspace=${matrix}:color_primaries=${primaries}:color_trc=${transfer}:range=${range}`;
}

/** The path of a file made to the description; removed when the test file is over. */
export async function makeCardSource(source: CardSource): Promise<string> {
  const { frameRate = 30, seconds = 1, container = 'mp4' } = source;
  const name = join(mediaFolder, randomUUID());
  const [image, path, copied] = [`${name}.ppm`, `${name}.${container}`, `${name}-copy.${container}`];
  await writeFile(image, cardImage(source));
  const encode = source.encode ?? [...H264, ...BT709];
  const colors = source.colors ?? inColors('bt709');
  const isNamed = /setparams|rgb/.test(colors);
  const filters = [
    ...(source.pixelAspect === undefined ? [] : [`setsar=${source.pixelAspect}`]),
    ...(source.filters ?? []),
    colors,
    ...(isNamed ? [] : [naming(encode)]),
  ];
  await runTool('ffmpeg', [
    ...['-f', 'image2', '-loop', '1', '-framerate', String(frameRate), '-t', String(seconds), '-i', image],
    ...(source.inputs ?? []),
    ...['-filter_complex', `${counterGraph(source, frameRate, seconds)},${filters.join(',')}[card]`],
    ...['-map', '[card]', '-fps_mode', 'passthrough', ...encode],
    ...['-movflags', '+faststart', ...(source.mux ?? []), path],
  ]);
  await rm(image);
  if (source.copy) {
    await runTool('ffmpeg', [...source.copy.before, '-i', path, '-c', 'copy', ...source.copy.after, copied]);
  }
  const made = source.copy ? copied : path;
  if (source.edit) await writeFile(made, source.edit(await readFile(made)));
  return made;
}
