import { deflateSync } from 'node:zlib';
import { addTo, box, editBox, fullBox, poke, replaceBox, u32 } from '../kit/mp4.ts';
import { DAMAGED, FINE, ODD_TIME, TOO_MUCH, type Trap } from './hostile-trap.ts';

const TABLE = 'moov/trak/mdia/minf/stbl';
const TEN_HOURS = 36_000 * 10_240;
const MANY = 0x0fff_ffff;
const ALL = 0xffff_ffff;

type Make = Trap[2];

const overwrite =
  (path: string, offset: number, ...numbers: number[]): Make =>
  good =>
    poke(good, path, offset, ...numbers);
const table =
  (type: string, ...numbers: number[]): Make =>
  good =>
    replaceBox(good, `${TABLE}/${type}`, () => fullBox(type, 0, u32(...numbers)));
const inTable =
  (extra: Buffer): Make =>
  good =>
    addTo(good, TABLE, extra);

/** Numbers that lie about time. The good file has 12 frames of 1024 ticks each, 10240 ticks a second. */
export const TIMES: readonly Trap[] = [
  ['frames ten hours apart in a file that says it is short', ODD_TIME, table('stts', 1, 12, TEN_HOURS)],
  ['one gap of ten hours in the middle', ODD_TIME, table('stts', 3, 6, 1024, 1, TEN_HOURS, 5, 1024)],
  ['all frames at one moment', ODD_TIME, table('stts', 1, 12, 0)],
  ['frames that go back in time', ODD_TIME, table('stts', 1, 12, -1024)],
  ['a negative length', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 16, -1)],
  ['no clock', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 12, 0)],
  ['the fastest clock', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 12, ALL)],
  ['a length of five days', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 16, 0xffff_fffe)],
  ['an edit that starts before time', TOO_MUCH, overwrite('moov/trak/edts/elst', 12, -0x7fff_ffff)],
  ['an edit that starts after the end', ODD_TIME, overwrite('moov/trak/edts/elst', 12, 0x7fff_ffff)],
  [
    'twenty thousand edits of everything',
    ODD_TIME,
    good =>
      replaceBox(good, 'moov/trak/edts/elst', () => {
        const edit = u32(1200, 0, 0x1_0000);
        return fullBox('elst', 0, u32(20_000), ...Array.from({ length: 20_000 }, () => edit));
      }),
  ],
  ['composition far before decoding', ODD_TIME, inTable(fullBox('ctts', 0, u32(1, 12, -0x7000_0000)))],
];

/** Numbers that lie about how much there is. */
export const TABLES: readonly Trap[] = [
  ...['stts', 'stsc', 'stco', 'stss'].map(
    (type): Trap => [
      `a ${type} of 268 million entries that are not there`,
      TOO_MUCH,
      table(type, MANY, 1, 1, 1),
    ],
  ),
  ['a stsz of 268 million sizes that are not there', TOO_MUCH, table('stsz', 0, MANY, 1, 1, 1)],
  ['four thousand million samples of one size', TOO_MUCH, table('stsz', 1, ALL)],
  ['four thousand million samples of no size', TOO_MUCH, table('stsz', 0, ALL, 0)],
  ['one run of four thousand million frames', ODD_TIME, table('stts', 1, ALL, 1024)],
  [
    'chunks of four thousand million samples',
    TOO_MUCH,
    good => table('stsz', 1, ALL)(table('stsc', 1, 1, ALL, 1)(good)),
  ],
  ['a ctts of 268 million entries', TOO_MUCH, inTable(fullBox('ctts', 0, u32(MANY, 1, 1)))],
  [
    'sample groups without end',
    TOO_MUCH,
    inTable(fullBox('sbgp', 0, Buffer.from('rap '), u32(MANY, ALL, 1))),
  ],
  ['samples behind the end of the file', DAMAGED, table('stco', 1, 0x7fff_ffff)],
  ['no samples', DAMAGED, table('stsz', 0, 0)],
  ['no way to decode them', DAMAGED, overwrite(`${TABLE}/stsd`, 4, 0)],
  ['sixty thousand ways to decode them', DAMAGED, overwrite(`${TABLE}/stsd`, 4, 60_000)],
  ['thousands of streams', TOO_MUCH, good => moreTracks(good, 3000)],
  [
    'an index that refers to itself',
    DAMAGED,
    good => addTo(good, 'moov', fullBox('sidx', 0, u32(1, 1000, 0, 0, 0xffff, 0x8000_0000))),
  ],
  ['endless fragments', ['TOO_LONG', ...TOO_MUCH], good => fragmented(good, 20_000, 1)],
  ['a fragment of 268 million samples', TOO_MUCH, good => fragmented(good, 1, MANY)],
  ['fragments of four thousand million samples each', TOO_MUCH, good => fragmented(good, 50, ALL)],
  [
    'fragments of a million samples each',
    ['TIMED_OUT', ...TOO_MUCH],
    good => fragmented(good, 100, 1_000_000),
  ],
  [
    'a compressed index that unfolds to 128 MB',
    DAMAGED,
    good =>
      editBox(good, 'moov', () => {
        const unfolded = 2 ** 27;
        const zipped = deflateSync(Buffer.alloc(unfolded), { level: 1 });
        return box('cmov', box('dcom', Buffer.from('zlib')), box('cmvd', u32(unfolded), zipped));
      }),
  ],
  [
    'a hundred thousand unused boxes',
    FINE,
    good => Buffer.concat([good, ...Array(100_000).fill(box('free'))]),
  ],
];

function moreTracks(good: Buffer, count: number): Buffer {
  return editBox(good, 'moov', content => {
    const start = content.indexOf('trak') - 4;
    const track = content.subarray(start, start + content.readUInt32BE(start));
    return Buffer.concat([content, ...Array.from({ length: count }, () => track)]);
  });
}

/** The good file with fragments of one run each (ISO/IEC 14496-12, 8.8), whose samples have no sizes of their own. */
function fragmented(good: Buffer, count: number, samplesEach: number): Buffer {
  const run = fullBox('trun', 0, u32(samplesEach));
  const fragment = box(
    'moof',
    fullBox('mfhd', 0, u32(1)),
    box('traf', fullBox('tfhd', 0x38, u32(1, 512, 8, 0)), run),
  );
  const extended = addTo(good, 'moov', box('mvex', fullBox('trex', 0, u32(1, 1, 512, 8, 0))));
  return Buffer.concat([extended, ...Array.from({ length: count }, () => fragment)]);
}
