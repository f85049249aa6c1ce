import { deflateSync } from 'node:zlib';
import {
  appendToBox,
  box,
  editBox,
  fullBox,
  overwriteNumbers,
  replaceBox,
  u32,
} from '../../kit/media/mp4.ts';
import { DAMAGED, FINE, type HostileCase, ODD_TIME, TOO_MUCH } from './hostile-case.ts';

const TABLE = 'moov/trak/mdia/minf/stbl';
const TEN_HOURS = 36_000 * 10_240;
const MANY = 0x0fff_ffff;
const ALL = 0xffff_ffff;

type Make = HostileCase[2];

const overwrite =
  (path: string, offset: number, ...numbers: number[]): Make =>
  good =>
    overwriteNumbers(good, path, offset, ...numbers);
const table =
  (type: string, ...numbers: number[]): Make =>
  good =>
    replaceBox(good, `${TABLE}/${type}`, () => fullBox(type, 0, u32(...numbers)));
const inTable =
  (extra: Buffer): Make =>
  good =>
    appendToBox(good, TABLE, extra);

/** False timestamps and durations. The good file has 12 frames of 1024 ticks each, 10240 ticks a second. */
export const TIMES: readonly HostileCase[] = [
  ['frames ten hours apart under a short declared duration', ODD_TIME, table('stts', 1, 12, TEN_HOURS)],
  ['one gap of ten hours in the middle', ODD_TIME, table('stts', 3, 6, 1024, 1, TEN_HOURS, 5, 1024)],
  ['all frames at the same time', ODD_TIME, table('stts', 1, 12, 0)],
  ['frames that go back in time', ODD_TIME, table('stts', 1, 12, -1024)],
  ['a negative duration', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 16, -1)],
  ['a timescale of zero', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 12, 0)],
  ['the largest timescale', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 12, ALL)],
  ['a duration of five days', ODD_TIME, overwrite('moov/trak/mdia/mdhd', 16, 0xffff_fffe)],
  ['an edit with a negative start', TOO_MUCH, overwrite('moov/trak/edts/elst', 12, -0x7fff_ffff)],
  ['an edit that starts after the end', ODD_TIME, overwrite('moov/trak/edts/elst', 12, 0x7fff_ffff)],
  [
    '20,000 edits of the whole track',
    ODD_TIME,
    good =>
      replaceBox(good, 'moov/trak/edts/elst', () => {
        const edit = u32(1200, 0, 0x1_0000);
        return fullBox('elst', 0, u32(20_000), ...Array.from({ length: 20_000 }, () => edit));
      }),
  ],
  [
    'composition times far before decoding times',
    ODD_TIME,
    inTable(fullBox('ctts', 0, u32(1, 12, -0x7000_0000))),
  ],
];

/** False counts and sizes. */
export const TABLES: readonly HostileCase[] = [
  ...['stts', 'stsc', 'stco', 'stss'].map(
    (type): HostileCase => [
      `a ${type} box that declares 268 million entries`,
      TOO_MUCH,
      table(type, MANY, 1, 1, 1),
    ],
  ),
  ['a stsz box that declares 268 million sizes', TOO_MUCH, table('stsz', 0, MANY, 1, 1, 1)],
  ['four billion samples of one size', TOO_MUCH, table('stsz', 1, ALL)],
  ['four billion samples without a size', TOO_MUCH, table('stsz', 0, ALL, 0)],
  ['one run of four billion frames', ODD_TIME, table('stts', 1, ALL, 1024)],
  [
    'chunks of four billion samples',
    TOO_MUCH,
    good => table('stsz', 1, ALL)(table('stsc', 1, 1, ALL, 1)(good)),
  ],
  ['a ctts box that declares 268 million entries', TOO_MUCH, inTable(fullBox('ctts', 0, u32(MANY, 1, 1)))],
  [
    '268 million sample groups',
    TOO_MUCH,
    inTable(fullBox('sbgp', 0, Buffer.from('rap '), u32(MANY, ALL, 1))),
  ],
  ['samples after the end of the file', DAMAGED, table('stco', 1, 0x7fff_ffff)],
  ['no samples', DAMAGED, table('stsz', 0, 0)],
  ['no sample entry', DAMAGED, overwrite(`${TABLE}/stsd`, 4, 0)],
  ['60,000 declared sample entries', DAMAGED, overwrite(`${TABLE}/stsd`, 4, 60_000)],
  ['3,000 tracks', TOO_MUCH, good => addTracks(good, 3000)],
  [
    'a sidx box that refers to itself',
    DAMAGED,
    good => appendToBox(good, 'moov', fullBox('sidx', 0, u32(1, 1000, 0, 0, 0xffff, 0x8000_0000))),
  ],
  ['20,000 fragments', ['TOO_LONG', ...TOO_MUCH], good => addFragments(good, 20_000, 1)],
  ['a fragment of 268 million samples', TOO_MUCH, good => addFragments(good, 1, MANY)],
  ['fragments of four billion samples each', TOO_MUCH, good => addFragments(good, 50, ALL)],
  [
    'fragments of a million samples each',
    ['TIMED_OUT', ...TOO_MUCH],
    good => addFragments(good, 100, 1_000_000),
  ],
  [
    'a compressed moov box that expands to 128 MiB',
    DAMAGED,
    good =>
      editBox(good, 'moov', () => {
        const expanded = 2 ** 27;
        const zipped = deflateSync(Buffer.alloc(expanded), { level: 1 });
        return box('cmov', box('dcom', Buffer.from('zlib')), box('cmvd', u32(expanded), zipped));
      }),
  ],
  ['100,000 free boxes', FINE, good => Buffer.concat([good, ...Array(100_000).fill(box('free'))])],
];

function addTracks(good: Buffer, count: number): Buffer {
  return editBox(good, 'moov', content => {
    const start = content.indexOf('trak') - 4;
    const track = content.subarray(start, start + content.readUInt32BE(start));
    return Buffer.concat([content, ...Array.from({ length: count }, () => track)]);
  });
}

/** Appends fragments of one run each (ISO/IEC 14496-12, 8.8) without per-sample sizes. */
function addFragments(good: Buffer, count: number, samplesEach: number): Buffer {
  const run = fullBox('trun', 0, u32(samplesEach));
  const fragment = box(
    'moof',
    fullBox('mfhd', 0, u32(1)),
    box('traf', fullBox('tfhd', 0x38, u32(1, 512, 8, 0)), run),
  );
  const extended = appendToBox(good, 'moov', box('mvex', fullBox('trex', 0, u32(1, 1, 512, 8, 0))));
  return Buffer.concat([extended, ...Array.from({ length: count }, () => fragment)]);
}
