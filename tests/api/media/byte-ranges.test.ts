import { describe, expect, test } from 'vitest';
import { parseByteRange } from '../../../server/media/byte-range.ts';

const SIZE_BYTES = 1000;

describe('a Range header on a file of 1000 bytes', () => {
  test.for([
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=999-', 999, 999],
    ['bytes=0-999', 0, 999],
    ['bytes=0-1000', 0, 999],
    ['bytes=990-99999999999999999999999', 990, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-1000', 0, 999],
    ['bytes=-1001', 0, 999],
    ['bytes=-99999999999999999999999', 0, 999],
    ['BYTES=5-6', 5, 6],
    ['bytes= 5-6 ', 5, 6],
    ['bytes=,5-6,,', 5, 6],
    ['bytes=0005-06', 5, 6],
  ] as const)('%s selects bytes %i to %i', ([header, start, end]) => {
    expect(parseByteRange(header, SIZE_BYTES)).toEqual({ start, end });
  });

  test.for([
    'bytes=1000-',
    'bytes=1000-1001',
    'bytes=99999999999999999999999-',
    'bytes=-0',
    'bytes=1000-,-0',
  ])('%s is unsatisfiable', header => expect(parseByteRange(header, SIZE_BYTES)).toBe('unsatisfiable'));

  test.for([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'bytes=1-2-3',
    'bytes=2-1',
    'bytes=--1',
    'bytes=+1-2',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes=1e2-',
    'bytes 0-1',
    'bytes =0-1',
    'items=0-1',
    'bytes=0-1,x',
  ])('%s is ignored', header => expect(parseByteRange(header, SIZE_BYTES)).toBe('whole'));

  test.for(['bytes=0-1,5-6', 'bytes=0-,0-,0-', 'bytes=-1,0-0', 'bytes=2000-,0-1'])(
    '%s, with several ranges, selects the whole file',
    header => expect(parseByteRange(header, SIZE_BYTES)).toBe('whole'),
  );

  test('every range of an empty file is unsatisfiable', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) {
      expect(parseByteRange(header, 0)).toBe('unsatisfiable');
    }
  });
});
