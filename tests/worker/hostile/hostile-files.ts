import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { makeSource, mediaFolder, runTool } from '../../kit/media/media.ts';
import { addTo, box, editBox, u32 } from '../../kit/media/mp4.ts';
import { metadata } from './hostile-structures.ts';
import {
  ANY,
  DAMAGED,
  FINE,
  NO_VIDEO,
  noise,
  randomFrom,
  TOO_MUCH,
  type Trap,
  UNKNOWN,
} from './hostile-trap.ts';

const text = (content: string) => Buffer.from(content, 'latin1');
const before =
  (head: Buffer): Trap[2] =>
  good =>
    Buffer.concat([head, good]);
const branded =
  (brand: string): Trap[2] =>
  good =>
    Buffer.concat([good.subarray(0, 8), text(brand), good.subarray(12)]);

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
const ZIP_START = Buffer.concat([text('PK\u0003\u0004'), Buffer.alloc(26)]);
const ZIP_END = Buffer.concat([text('PK\u0005\u0006'), Buffer.alloc(18)]);

/** Files that are two things at once, or another one than they say. */
export const POLYGLOTS: readonly Trap[] = [
  ['a video with an archive behind it', FINE, good => Buffer.concat([good, ZIP_START, ZIP_END])],
  ['an archive with a video behind it', NO_VIDEO, before(ZIP_START)],
  ['a JPEG with a video behind it', NO_VIDEO, before(JPEG)],
  ['a PNG with a video behind it', NO_VIDEO, before(png(64, 36))],
  ['a GIF with a video behind it', NO_VIDEO, before(text('GIF89a'))],
  ['a document with a video behind it', NO_VIDEO, before(text('%PDF-1.7\n'))],
  ['a program with a video behind it', NO_VIDEO, before(text('#!/bin/sh\n'))],
  ['a web page in an unused box', FINE, good => Buffer.concat([good, box('free', text('<script src=//x>'))])],
  ['a photo by its brand', NO_VIDEO, branded('heic')],
  ['another photo by its brand', NO_VIDEO, branded('avif')],
  [
    'a cover of thirty thousand by thirty thousand',
    FINE,
    good => addTo(good, 'moov', cover(png(30_000, 30_000))),
  ],
  ['nothing', NO_VIDEO, () => Buffer.alloc(0)],
  ['one byte', NO_VIDEO, () => Buffer.alloc(1)],
  ['zeros', NO_VIDEO, () => Buffer.alloc(100_000)],
  ['noise', NO_VIDEO, () => noise(100_000, 3)],
];

const cover = (picture: Buffer) => metadata(box('covr', box('data', u32(14, 0), picture)));

/** A PNG that says it has this size, and holds little of it. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer) =>
    Buffer.concat([u32(content.length), text(type), content, u32(0)]);
  const header = Buffer.concat([u32(width, height), Buffer.from([8, 2, 0, 0, 0])]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    ...[signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(2 ** 20)))],
  ]);
}

/** Damage of the kind that disks and networks do; the same for the same seed. */
export const DAMAGE: readonly Trap[] = [
  ...[0.02, 0.2, 0.5, 0.77, 0.8, 0.85, 0.9, 0.95, 0.97].map(
    (part): Trap => [
      `cut at ${part * 100} percent`,
      DAMAGED,
      good => good.subarray(0, Math.floor(good.length * part)),
    ],
  ),
  ...[5, 8, 9, 10, 40, 80].map(
    (bits): Trap => [
      `${bits} bits turned over`,
      ANY,
      good => {
        const next = randomFrom(bits);
        const bytes = Buffer.from(good);
        for (let turned = 0; turned < bits; turned++) {
          // Behind the type, without which nobody looks.
          const at = 32 + (next() % (bytes.length - 32));
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() % 8));
        }
        return bytes;
      },
    ],
  ),
  ...Array.from(
    { length: 12 },
    (_, seed): Trap => [
      `an index with three wrong numbers, seed ${seed}`,
      ANY,
      good => {
        const next = randomFrom(seed + 100);
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

/** Pictures that are more, or other, than an index says; each made when it is asked for. */
export const PICTURES: readonly (readonly [Trap[0], Trap[1], () => Promise<Buffer>])[] = [
  ['a picture that grows to sixteen million points', TOO_MUCH, growing],
  ['8K in 10 bits', UNKNOWN, encoded('color=gray:s=7680x4320:r=10:d=0.1', ...H264.with(-1, 'yuv420p10le'))],
  ['a picture of two points in height', UNKNOWN, encoded('testsrc2=s=4096x2:r=10:d=0.4')],
  ['nothing but noise', FINE, encoded('nullsrc=s=320x180:r=30:d=0.4,geq=random(1)*255:128:128')],
  ['PNG pictures', UNKNOWN, encoded('testsrc2=s=64x36:r=10:d=0.4', '-c:v', 'png')],
  ['JPEG pictures', UNKNOWN, encoded('testsrc2=s=64x36:r=10:d=0.4', '-c:v', 'mjpeg')],
];

/** A stream whose frames outgrow the size that its index names, under an index that is right in all else. */
async function growing(): Promise<Buffer> {
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
