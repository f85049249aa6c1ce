import { BOUNDARY, multipartBody, multipartUpload, part } from '../api/multipart.ts';
import {
  CLIP,
  file,
  type HostileUpload,
  hostile,
  MAP,
  map,
  OPERATION,
  OPERATIONS,
  operations,
} from './hostile-upload.ts';

/** Yields uploads with missing, duplicate, misplaced or malformed parts. */
export function* hostileParts(): Generator<HostileUpload> {
  const sets: Record<string, Buffer[]> = {
    'no parts': [],
    'only operations': [operations()],
    'only a map': [map()],
    'only a file': [file()],
    'no operations': [map(), file()],
    'no map': [operations(), file()],
    'no file': [operations(), map()],
    'the map before the operations': [map(), operations(), file()],
    'the file first': [file(), operations(), map()],
    'the file before the map': [operations(), file(), map()],
    'duplicate operations': [operations(), operations(), map(), file()],
    'a duplicate map': [operations(), map(), map(), file()],
    'operations after the file': [operations(), map(), file(), operations()],
    'a map after the file': [operations(), map(), file(), map()],
    'a field before the operations': [part('x', '1'), operations(), map(), file()],
    'a field before the file': [operations(), map(), part('x', '1'), file()],
    'a field after the file': [operations(), map(), file(), part('x', '1')],
    'a duplicate file': [operations(), map(), file(), file()],
    'a second file': [operations(), map(), file(), file('1')],
    '30 files': [operations(), map(), ...Array.from({ length: 30 }, (_, n) => file(`${n}`))],
    '1,000 fields': [operations(), ...Array.from({ length: 1000 }, (_, n) => part(`${n}`, ''))],
    'a file that is not in the map': [operations(), map(), file('1')],
    'a file without a name': [operations(), map(), file('')],
    'a file part named operations': [file('operations', Buffer.from(OPERATIONS)), map(), file()],
    'a file part named map': [operations(), file('map', Buffer.from(MAP)), file()],
    'a field instead of the file': [operations(), map(), part('0', CLIP)],
    'a part without headers': [operations(), map(), Buffer.from('\r\n\r\nx'), file()],
    'a part without Content-Disposition after the file': [
      operations(),
      map(),
      file(),
      Buffer.from('X: y\r\n\r\nx'),
    ],
    'a part with the disposition attachment': [
      operations(),
      map(),
      Buffer.from('Content-Disposition: attachment; name="0"; filename="a"\r\n\r\nx'),
    ],
    'a file name of 64 KiB': [operations(), map(), part('0', CLIP, { filename: 'a'.repeat(65_536) })],
    'a part name of 64 KiB': [operations(), map(), file('n'.repeat(65_536))],
    'a header of 64 KiB': [
      operations(),
      map(),
      part('0', CLIP, { filename: 'a', headers: [`X: ${'x'.repeat(65_536)}`] }),
    ],
    '3,000 headers': [
      operations(),
      map(),
      part('0', CLIP, { filename: 'a', headers: Array(3000).fill('X: y') }),
    ],
    'a header without a colon': [operations(), map(), Buffer.from('Content-Disposition\r\n\r\nx')],
    'two malformed parts after the file': [
      operations(),
      map(),
      file(),
      Buffer.from('\u0000\r\n\r\n'),
      Buffer.from('\u0000\r\n\r\n'),
    ],
    'a malformed first part': [Buffer.from(': :\r\n\r\n'), operations(), map(), file()],
  };
  for (const [title, content] of Object.entries(sets)) yield hostile(title, multipartBody(content));
}

/** Yields uploads whose bodies are truncated, empty, or do not match the boundary. */
export function* hostileFramings(): Generator<HostileUpload> {
  const whole = multipartUpload(OPERATION, CLIP);
  const marks = [
    '--',
    'Content',
    'operations',
    '\r\n\r\n{',
    'variables',
    'map',
    '{"0"',
    '"0"; ',
    'clip.mp4',
    'a clip',
    'clip\r\n--',
  ];
  for (const mark of marks) {
    const end = whole.indexOf(mark) + mark.length;
    yield hostile(`a body that ends after ${JSON.stringify(mark)}`, whole.subarray(0, end));
  }
  // The last two bytes, a line break, may be missing.
  for (const missing of [3, 4, 5, 8]) {
    yield hostile(`a body without its last ${missing} bytes`, whole.subarray(0, whole.length - missing));
  }
  const type = (rest: string) => `multipart/form-data${rest}`;
  yield hostile('an empty body', Buffer.alloc(0));
  yield hostile('a body of line breaks', Buffer.from('\r\n'.repeat(1000)));
  yield hostile('a body of dashes', Buffer.from('-'.repeat(5000)));
  yield hostile('a body with bare line feeds', Buffer.from(whole.toString().replaceAll('\r\n', '\n')));
  yield hostile('no boundary', whole, 400, type(';'));
  yield hostile('a content type without parameters', whole, 415, type(''));
  yield hostile('an empty boundary', whole, 400, type('; boundary='));
  yield hostile('another boundary', whole, 400, type('; boundary=other'));
  yield hostile('a prefix of the boundary', whole, 400, type(`; boundary=${BOUNDARY.slice(0, -1)}`));
  yield hostile('a boundary of 8 KiB', whole, 400, type(`; boundary=${'b'.repeat(8192)}`));
  yield hostile('a preamble over the limits', Buffer.concat([Buffer.alloc(1_300_000, 'x'), whole]), 413);
  yield hostile('an epilogue over the limits', Buffer.concat([whole, Buffer.alloc(1_300_000, 'x')]), 413);
}
