import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { z } from 'zod';
import { withOrientation } from './mp4-edits.ts';

const exec = promisify(execFile);
const sources = new Map<string, Promise<string>>();

/** A folder for large files; removed with the run. */
export const mediaFolder = await mkdtemp(join(inject('services').runDir, 'media-'));

/** The picture of a source and how a camera would store it. */
export interface SourceOptions {
  /** A libavfilter graph with one video output, such as {@link createQuadrants} returns. */
  picture: string;
  /** Adds a tone as long as the picture. */
  sound?: boolean;
  /** Encoder options; H.264, fast and small, when absent. */
  encode?: readonly string[];
  /** Rotation metadata: degrees clockwise by which a player rotates the picture. */
  rotate?: 90 | 180 | 270;
  container?: 'mp4' | 'mov' | 'mkv';
  /** Puts the `moov` box at the end of the file, as a camera does. */
  indexLast?: boolean;
}

/** The display matrix of each. */
const TURNS = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] } as const;
const PLAIN_H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '30', '-pix_fmt', 'yuv420p'];

/**
 * Creates a file and returns its path. Equal options share one file per test file: copy it before you change
 * it.
 */
export function makeSource(options: SourceOptions): Promise<string> {
  const name = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16);
  const path = join(mediaFolder, `${name}.${options.container ?? 'mp4'}`);
  const encoding = sources.get(path) ?? encode(options, path);
  sources.set(path, encoding);
  return encoding;
}

async function encode(options: SourceOptions, path: string): Promise<string> {
  const upright = options.rotate ? path.replace(/(?=\.\w+$)/, '-upright') : path;
  await runTool('ffmpeg', [
    ...['-f', 'lavfi', '-i', options.picture],
    ...(options.sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440', '-shortest', '-c:a', 'aac'] : []),
    ...(options.encode ?? PLAIN_H264),
    ...(options.indexLast ? [] : ['-movflags', '+faststart']),
    upright,
  ]);
  // Each version of ffmpeg has another option for it.
  if (options.rotate) await writeFile(path, withOrientation(await readFile(upright), TURNS[options.rotate]));
  return path;
}

/** Runs ffmpeg or ffprobe without a sandbox; returns stdout. @throws with stderr in the message. */
export async function runTool(tool: 'ffmpeg' | 'ffprobe', args: readonly string[]): Promise<Buffer> {
  const quiet = tool === 'ffmpeg' ? ['-v', 'error', '-nostdin', '-y'] : ['-v', 'error'];
  const { stdout } = await exec(tool, [...quiet, ...args], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 ** 2,
  });
  return stdout;
}

/**
 * Returns a graph of a picture that reveals rotation, stretching and cropping: red, green, blue and yellow
 * quadrants (from the top left, by rows) around a white square. `squareHeight` compensates for non-square
 * pixels.
 */
export function createQuadrants(shape: {
  width: number;
  height: number;
  seconds: number;
  frameRate?: number;
  squareWidth?: number;
  squareHeight?: number;
}): string {
  const { width, height, seconds, frameRate = 30 } = shape;
  const [left, top] = [Math.floor(width / 2), Math.floor(height / 2)];
  const square = Math.floor(Math.min(width, height) / 3);
  const { squareWidth = square, squareHeight = square } = shape;
  const tile = (color: string, w: number, h: number) =>
    `color=${color}:s=${w}x${h}:r=${frameRate}:d=${seconds},format=gbrp`;
  return [
    `${tile('0xD02020', left, top)}[a];${tile('0x20B020', width - left, top)}[b];[a][b]hstack[top]`,
    `${tile('0x2020D0', left, height - top)}[c];${tile('0xD0D020', width - left, height - top)}[d];[c][d]hstack[foot]`,
    `[top][foot]vstack,drawbox=x=(iw-w)/2:y=(ih-h)/2:w=${squareWidth}:h=${squareHeight}:color=white:t=fill`,
  ].join(';');
}

const probedFile = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      profile: z.string().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      sample_aspect_ratio: z.string().optional(),
      pix_fmt: z.string().optional(),
      r_frame_rate: z.string(),
      nb_read_frames: z.coerce.number().optional(),
      color_range: z.string().optional(),
      color_space: z.string().optional(),
      color_transfer: z.string().optional(),
      color_primaries: z.string().optional(),
    }),
  ),
  format: z.object({ format_name: z.string(), duration: z.coerce.number(), size: z.coerce.number() }),
});
export type ProbedFile = z.output<typeof probedFile>;

/** Returns ffprobe's description of a file, with every frame decoded and counted. */
export async function probeFile(path: string): Promise<ProbedFile> {
  const json = await runTool('ffprobe', [
    '-of',
    'json',
    '-count_frames',
    '-show_streams',
    '-show_format',
    path,
  ]);
  return probedFile.parse(JSON.parse(json.toString()));
}

export type Color = [red: number, green: number, blue: number];

/** One decoded frame. */
export interface Frame {
  width: number;
  height: number;
  /** The colour of one point, 0 to 255 a channel. */
  pixel(x: number, y: number): Color;
  /** The mean colour of a small square around a point, 0 to 255 a channel. */
  at(x: number, y: number): Color;
}

/** Decodes the frame with this index, counted from 0, in the file's own size. */
export async function decodeFrame(path: string, frameIndex: number): Promise<Frame> {
  const [frame] = await decodeFrames(path, [frameIndex]);
  if (frame === undefined) throw new Error(`${path} has no frame ${frameIndex}`);
  return frame;
}

/** Decodes the frames with these ascending indices in one pass; fewer if the file ends earlier. */
export async function decodeFrames(path: string, frameIndices: readonly number[]): Promise<Frame[]> {
  const select = frameIndices.map(index => `eq(n\\,${index})`).join('+');
  const images = await runTool('ffmpeg', [
    ...['-i', path, '-vf', `select=${select}`, '-fps_mode', 'passthrough'],
    ...['-frames:v', String(frameIndices.length)],
    ...['-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe', '-'],
  ]);
  const frames: Frame[] = [];
  for (let rest = images; rest.length > 0; ) {
    const [header = '', size = ''] = /^P6\s(\d+ \d+)\s255\s/.exec(rest.toString('latin1', 0, 64)) ?? [];
    const [width = 0, height = 0] = size.split(' ').map(Number);
    const end = header.length + 3 * width * height;
    if (width === 0) throw new Error(`${path} was not decoded to pictures`);
    frames.push(toFrame(rest.subarray(header.length, end), { width, height }));
    rest = rest.subarray(end);
  }
  return frames;
}

/** Builds a frame from RGB samples in rows. */
export function toFrame(pixels: Buffer, { width, height }: { width: number; height: number }): Frame {
  const pixel = (x: number, y: number): Color => {
    const offset = 3 * (clamp(y, height) * width + clamp(x, width));
    return [pixels[offset] ?? 0, pixels[offset + 1] ?? 0, pixels[offset + 2] ?? 0];
  };
  return {
    width,
    height,
    pixel,
    at(x, y) {
      const around = [-2, -1, 0, 1, 2].flatMap(dy => [-2, -1, 0, 1, 2].map(dx => pixel(x + dx, y + dy)));
      const mean = (channel: 0 | 1 | 2) =>
        around.reduce((sum, color) => sum + color[channel], 0) / around.length;
      return [mean(0), mean(1), mean(2)];
    },
  };
}

const clamp = (position: number, size: number) => Math.max(0, Math.min(size - 1, Math.round(position)));

/** Returns the name of the colour in {@link createQuadrants}, or `dark` or `other`. */
export function getColorName([red, green, blue]: Color): string {
  const [r, g, b] = [red > 120, green > 100, blue > 120];
  if (r && g && b) return 'white';
  if (r && g) return 'yellow';
  if (r) return 'red';
  if (g) return 'green';
  if (b) return 'blue';
  return red + green + blue < 90 ? 'dark' : 'other';
}
