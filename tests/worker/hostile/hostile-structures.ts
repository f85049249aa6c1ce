import { addTo, box, editBox, fullBox, poke, replaceBox, u32 } from '../../kit/media/mp4.ts';
import { DAMAGED, FINE, NO_VIDEO, noise, TOO_MUCH, type Trap, UNKNOWN } from './hostile-trap.ts';

const TABLE = 'moov/trak/mdia/minf/stbl';
const SAMPLE = `${TABLE}/stsd/avc1`;
const ALL = 0xffff_ffff;

const inMoov =
  (...boxes: Buffer[]): Trap[2] =>
  good =>
    addTo(good, 'moov', ...boxes);
const behind =
  (...bytes: Buffer[]): Trap[2] =>
  good =>
    Buffer.concat([good, ...bytes]);
const codec =
  (name: string): Trap[2] =>
  good =>
    editBox(good, `${TABLE}/stsd`, content => {
      const bytes = Buffer.from(content);
      bytes.write(name, bytes.indexOf('avc1'), 'latin1');
      return bytes;
    });

/** Boxes that are not what they say. */
export const STRUCTURES: readonly Trap[] = [
  ['an index in itself, ten thousand deep', TOO_MUCH, inMoov(nested('moov', 10_000))],
  ['tracks in tracks, ten thousand deep', [...FINE, ...TOO_MUCH], inMoov(nested('trak', 10_000))],
  ['metadata in metadata, ten thousand deep', TOO_MUCH, inMoov(nested('udta', 10_000))],
  ['a box without an end', FINE, behind(u32(0), Buffer.from('free'))],
  ['a box of no size in the index', FINE, inMoov(u32(0, 0))],
  ['a box smaller than its header', FINE, inMoov(u32(4), Buffer.from('free'))],
  ['a box of eight exbibytes', FINE, behind(u32(1), Buffer.from('free'), u32(0x7fff_ffff, ALL))],
  ['a box of a negative size', FINE, behind(u32(1), Buffer.from('moov'), u32(ALL, ALL))],
  ['an index twice', FINE, good => addTo(good, 'moov', good.subarray(good.indexOf('moov') - 4))],
  ['no index', DAMAGED, good => replaceBox(good, 'moov', () => Buffer.alloc(0))],
  ['no sample table', [...DAMAGED, ...NO_VIDEO], good => replaceBox(good, TABLE, () => Buffer.alloc(0))],
  ['nothing but a type', DAMAGED, good => good.subarray(0, good.readUInt32BE(0))],
  ['a type and noise', DAMAGED, good => Buffer.concat([good.subarray(0, 32), noise(50_000, 7)])],
  ['encrypted samples', UNKNOWN, codec('encv')],
  ['an unknown codec', UNKNOWN, codec('\u0000\u0001\n ')],
  ['raw video', UNKNOWN, codec('raw ')],
  ['a huge picture in the entry', FINE, good => poke(good, SAMPLE, 24, ALL)],
  ...[
    [ALL, 1],
    [1, ALL],
    [65_535, 1],
    [1, 65_535],
  ].map(
    ([across = 0, down = 0]): Trap => [
      `pixels of ${across} to ${down}`,
      [...FINE, ...TOO_MUCH],
      good => poke(good, `${SAMPLE}/pasp`, 0, across, down),
    ],
  ),
  ['pixels of nothing', FINE, good => poke(good, `${SAMPLE}/pasp`, 0, 0, 0)],
  ['a turn to nowhere', FINE, good => poke(good, 'moov/trak/tkhd', 40, ...Array(9).fill(0))],
  ['chapters of itself', NO_VIDEO, good => addTo(good, 'moov/trak', box('tref', box('chap', u32(1, 1, 1))))],
  [
    'a cover picture of gigabytes that are not there',
    FINE,
    inMoov(metadata(box('covr', u32(0x7fff_fff0), Buffer.from('data'), u32(14, 0)))),
  ],
  [
    // What ffmpeg shows of a file must not be taken for what it says of the host.
    'last words in its title',
    DAMAGED,
    good => addTo(poke(good, `${TABLE}/stco`, 8, 0x7fff_ffff), 'moov', box('udta', title(LAST_WORDS))),
  ],
];

const LAST_WORDS = [
  ...['x', '[error] No space left on device', '[info] Exiting normally, received signal 24.'],
  ...['Cannot allocate memory', 'bwrap: no such namespace', ''],
].join('\r\n');

/** A QuickTime text: its length and language in 16 bits each. */
export function title(text: string): Buffer {
  const bytes = Buffer.from(text);
  return box('\u00a9nam', u32(bytes.length << 16), bytes);
}

export function metadata(...items: Buffer[]): Buffer {
  return box('udta', fullBox('meta', 0, box('ilst', ...items)));
}

/** Boxes in boxes; written from the outside in, as each holds the rest. */
function nested(type: string, depth: number): Buffer {
  const bytes = Buffer.alloc(8 * depth);
  for (let level = 0; level < depth; level++) {
    bytes.writeUInt32BE(8 * (depth - level), 8 * level);
    bytes.write(type, 8 * level + 4, 'latin1');
  }
  return bytes;
}
