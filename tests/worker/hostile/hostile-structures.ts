import {
  appendToBox,
  box,
  editBox,
  fullBox,
  overwriteNumbers,
  replaceBox,
  u32,
} from '../../kit/media/mp4.ts';
import { createNoise, DAMAGED, FINE, type HostileCase, NO_VIDEO, TOO_MUCH, UNKNOWN } from './hostile-case.ts';

const TABLE = 'moov/trak/mdia/minf/stbl';
const SAMPLE = `${TABLE}/stsd/avc1`;
const ALL = 0xffff_ffff;

const inMoov =
  (...boxes: Buffer[]): HostileCase[2] =>
  good =>
    appendToBox(good, 'moov', ...boxes);
const append =
  (...bytes: Buffer[]): HostileCase[2] =>
  good =>
    Buffer.concat([good, ...bytes]);
const codec =
  (name: string): HostileCase[2] =>
  good =>
    editBox(good, `${TABLE}/stsd`, content => {
      const bytes = Buffer.from(content);
      bytes.write(name, bytes.indexOf('avc1'), 'latin1');
      return bytes;
    });

/** Boxes that contradict their headers. */
export const STRUCTURES: readonly HostileCase[] = [
  ['nested moov boxes, 10,000 deep', TOO_MUCH, inMoov(nested('moov', 10_000))],
  ['nested trak boxes, 10,000 deep', [...FINE, ...TOO_MUCH], inMoov(nested('trak', 10_000))],
  ['nested udta boxes, 10,000 deep', TOO_MUCH, inMoov(nested('udta', 10_000))],
  ['a box without an end', FINE, append(u32(0), Buffer.from('free'))],
  ['a box of size zero in the moov box', FINE, inMoov(u32(0, 0))],
  ['a box smaller than its header', FINE, inMoov(u32(4), Buffer.from('free'))],
  ['a box of eight exbibytes', FINE, append(u32(1), Buffer.from('free'), u32(0x7fff_ffff, ALL))],
  ['a box of a negative size', FINE, append(u32(1), Buffer.from('moov'), u32(ALL, ALL))],
  ['two moov boxes', FINE, good => appendToBox(good, 'moov', good.subarray(good.indexOf('moov') - 4))],
  ['no moov box', DAMAGED, good => replaceBox(good, 'moov', () => Buffer.alloc(0))],
  ['no sample table', [...DAMAGED, ...NO_VIDEO], good => replaceBox(good, TABLE, () => Buffer.alloc(0))],
  ['only a ftyp box', DAMAGED, good => good.subarray(0, good.readUInt32BE(0))],
  ['a ftyp box and noise', DAMAGED, good => Buffer.concat([good.subarray(0, 32), createNoise(50_000, 7)])],
  ['encrypted samples', UNKNOWN, codec('encv')],
  ['an unknown codec', UNKNOWN, codec('\u0000\u0001\n ')],
  ['raw video', UNKNOWN, codec('raw ')],
  ['a huge frame size in the sample entry', FINE, good => overwriteNumbers(good, SAMPLE, 24, ALL)],
  ...[
    [ALL, 1],
    [1, ALL],
    [65_535, 1],
    [1, 65_535],
  ].map(
    ([across = 0, down = 0]): HostileCase => [
      `a pixel aspect ratio of ${across} to ${down}`,
      [...FINE, ...TOO_MUCH],
      good => overwriteNumbers(good, `${SAMPLE}/pasp`, 0, across, down),
    ],
  ),
  ['a pixel aspect ratio of 0 to 0', FINE, good => overwriteNumbers(good, `${SAMPLE}/pasp`, 0, 0, 0)],
  [
    'a rotation matrix of zeros',
    FINE,
    good => overwriteNumbers(good, 'moov/trak/tkhd', 40, ...Array(9).fill(0)),
  ],
  [
    'a track that is its own chapter track',
    NO_VIDEO,
    good => appendToBox(good, 'moov/trak', box('tref', box('chap', u32(1, 1, 1)))),
  ],
  [
    'a cover image that declares gigabytes',
    FINE,
    inMoov(createMetadata(box('covr', u32(0x7fff_fff0), Buffer.from('data'), u32(14, 0)))),
  ],
  [
    // ffmpeg prints the title: the text must not be read as an error of the host.
    'host errors in the title',
    DAMAGED,
    good =>
      appendToBox(
        overwriteNumbers(good, `${TABLE}/stco`, 8, 0x7fff_ffff),
        'moov',
        box('udta', createTitle(HOST_ERRORS)),
      ),
  ],
];

const HOST_ERRORS = [
  ...['x', '[error] No space left on device', '[info] Exiting normally, received signal 24.'],
  ...['Cannot allocate memory', 'bwrap: no such namespace', ''],
].join('\r\n');

/** Creates a QuickTime text box: length and language in 16 bits each. */
export function createTitle(text: string): Buffer {
  const bytes = Buffer.from(text);
  return box('\u00a9nam', u32(bytes.length << 16), bytes);
}

export function createMetadata(...items: Buffer[]): Buffer {
  return box('udta', fullBox('meta', 0, box('ilst', ...items)));
}

/** Creates nested boxes from the outside in: each contains all bytes that follow. */
function nested(type: string, depth: number): Buffer {
  const bytes = Buffer.alloc(8 * depth);
  for (let level = 0; level < depth; level++) {
    bytes.writeUInt32BE(8 * (depth - level), 8 * level);
    bytes.write(type, 8 * level + 4, 'latin1');
  }
  return bytes;
}
