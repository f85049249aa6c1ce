import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { makeSource, mediaFolder, runTool } from '../../kit/media/media.ts';
import { appendToBox, box, editBox, u32 } from '../../kit/media/mp4.ts';
import {
  ANY,
  createNoise,
  createRandomIntegers,
  DAMAGED,
  FINE,
  type HostileCase,
  NO_VIDEO,
  TOO_MUCH,
  UNKNOWN,
} from './hostile-case.ts';
import { createMetadata } from './hostile-structures.ts';

const text = (content: string) => Buffer.from(content, 'latin1');
const before =
  (head: Buffer): HostileCase[2] =>
  good =>
    Buffer.concat([head, good]);
const branded =
  (brand: string): HostileCase[2] =>
  good =>
    Buffer.concat([good.subarray(0, 8), text(brand), good.subarray(12)]);

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
const ZIP_START = Buffer.concat([text('PK\u0003\u0004'), Buffer.alloc(26)]);
const ZIP_END = Buffer.concat([text('PK\u0005\u0006'), Buffer.alloc(18)]);

/** Files of two formats at once, or of another format than they declare. */
export const POLYGLOTS: readonly HostileCase[] = [
  ['an archive after a video', FINE, good => Buffer.concat([good, ZIP_START, ZIP_END])],
  ['a video after an archive', NO_VIDEO, before(ZIP_START)],
  ['a video after a JPEG', NO_VIDEO, before(JPEG)],
  ['a video after a PNG', NO_VIDEO, before(png(64, 36))],
  ['a video after a GIF', NO_VIDEO, before(text('GIF89a'))],
  ['a video after a PDF', NO_VIDEO, before(text('%PDF-1.7\n'))],
  ['a video after a shell script', NO_VIDEO, before(text('#!/bin/sh\n'))],
  ['a web page in a free box', FINE, good => Buffer.concat([good, box('free', text('<script src=//x>'))])],
  ['the brand of a HEIC photo', NO_VIDEO, branded('heic')],
  ['the brand of an AVIF photo', NO_VIDEO, branded('avif')],
  [
    'a cover image of 30,000 by 30,000 pixels',
    FINE,
    good => appendToBox(good, 'moov', cover(png(30_000, 30_000))),
  ],
  ['no bytes', NO_VIDEO, () => Buffer.alloc(0)],
  ['one byte', NO_VIDEO, () => Buffer.alloc(1)],
  ['zeros', NO_VIDEO, () => Buffer.alloc(100_000)],
  ['noise', NO_VIDEO, () => createNoise(100_000, 3)],
];

const cover = (picture: Buffer) => createMetadata(box('covr', box('data', u32(14, 0), picture)));

/** Creates a PNG that declares a size and contains much less data. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer) =>
    Buffer.concat([u32(content.length), text(type), content, u32(0)]);
  const header = Buffer.concat([u32(width, height), Buffer.from([8, 2, 0, 0, 0])]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    ...[signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(2 ** 20)))],
  ]);
}

/** Damage as from disks and networks: the same on every run. */
export const DAMAGE: readonly HostileCase[] = [
  ...[0.02, 0.2, 0.5, 0.77, 0.8, 0.85, 0.9, 0.95, 0.97].map(
    (part): HostileCase => [
      `a cut at ${part * 100} percent`,
      DAMAGED,
      good => good.subarray(0, Math.floor(good.length * part)),
    ],
  ),
  ...[5, 8, 9, 10, 40, 80].map(
    (bits): HostileCase => [
      `${bits} flipped bits`,
      ANY,
      good => {
        const next = createRandomIntegers(bits);
        const bytes = Buffer.from(good);
        for (let flipped = 0; flipped < bits; flipped++) {
          // After the ftyp box: without it the file is refused before ffmpeg reads it.
          const at = 32 + (next() % (bytes.length - 32));
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() % 8));
        }
        return bytes;
      },
    ],
  ),
  ...Array.from(
    { length: 12 },
    (_, seed): HostileCase => [
      `three wrong numbers in the moov box, seed ${seed}`,
      ANY,
      good => {
        const next = createRandomIntegers(seed + 100);
        return editBox(good, 'moov', content => {
          const bytes = Buffer.from(content);
          for (let changed = 0; changed < 3; changed++) {
            const number = [0, 1, 0x7fff_ffff, 0xffff_ffff, next()][next() % 5] ?? 0;
            bytes.writeUInt32BE(number, next() % (bytes.length - 4));
          }
          return bytes;
        });
      },
    ],
  ),
];

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const encoded =
  (picture: string, ...encode: string[]) =>
  async () =>
    readFile(await makeSource({ picture, encode: encode.length > 0 ? encode : H264, indexLast: true }));

/**
 * Frames that contradict the moov box or cost much memory. The last function encodes the file when called.
 */
export const PICTURES: readonly (readonly [HostileCase[0], HostileCase[1], () => Promise<Buffer>])[] = [
  ['frames that grow to 16 megapixels', TOO_MUCH, makeGrowing],
  ['8K in 10 bits', UNKNOWN, encoded('color=gray:s=7680x4320:r=10:d=0.1', ...H264.with(-1, 'yuv420p10le'))],
  ['frames of two pixels in height', UNKNOWN, encoded('testsrc2=s=4096x2:r=10:d=0.4')],
  ['noise only', FINE, encoded('nullsrc=s=320x180:r=30:d=0.4,geq=random(1)*255:128:128')],
  ['PNG frames', UNKNOWN, encoded('testsrc2=s=64x36:r=10:d=0.4', '-c:v', 'png')],
  ['JPEG frames', UNKNOWN, encoded('testsrc2=s=64x36:r=10:d=0.4', '-c:v', 'mjpeg')],
];

/**
 * Returns a file whose frames become larger than the moov box declares; the rest of the moov box is right.
 */
async function makeGrowing(): Promise<Buffer> {
  const path = (name: string) => join(mediaFolder, name);
  for (const [name, picture] of [
    ['small', 'testsrc2=s=64x36:r=10:d=0.2'],
    ['large', 'color=gray:s=4096x4096:r=10:d=0.2'],
  ] as const) {
    await runTool('ffmpeg', ['-f', 'lavfi', '-i', picture, ...H264, path(`${name}.h264`)]);
  }
  const parts = [await readFile(path('small.h264')), await readFile(path('large.h264'))];
  await writeFile(path('growing.h264'), Buffer.concat(parts));
  await runTool('ffmpeg', [
    ...['-framerate', '10', '-f', 'h264', '-i', path('growing.h264'), '-c', 'copy', path('growing.mp4')],
  ]);
  return readFile(path('growing.mp4'));
}
