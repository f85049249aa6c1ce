import { BOUNDARY, createMultipartBody, createMultipartUpload, createPart } from '../api/multipart.ts';
import {
  CLIP,
  createHostileUpload,
  createMap,
  createOperations,
  file,
  type HostileUpload,
  MAP,
  OPERATION,
  OPERATIONS,
} from './hostile-upload.ts';

/** Yields uploads with missing, duplicate, misplaced or malformed parts. */
export function* createHostileParts(): Generator<HostileUpload> {
  const sets: Record<string, Buffer[]> = {
    'no parts': [],
    'only operations': [createOperations()],
    'only a map': [createMap()],
    'only a file': [file()],
    'no operations': [createMap(), file()],
    'no map': [createOperations(), file()],
    'no file': [createOperations(), createMap()],
    'the map before the operations': [createMap(), createOperations(), file()],
    'the file first': [file(), createOperations(), createMap()],
    'the file before the map': [createOperations(), file(), createMap()],
    'duplicate operations': [createOperations(), createOperations(), createMap(), file()],
    'a duplicate map': [createOperations(), createMap(), createMap(), file()],
    'operations after the file': [createOperations(), createMap(), file(), createOperations()],
    'a map after the file': [createOperations(), createMap(), file(), createMap()],
    'a field before the operations': [createPart('x', '1'), createOperations(), createMap(), file()],
    'a field before the file': [createOperations(), createMap(), createPart('x', '1'), file()],
    'a field after the file': [createOperations(), createMap(), file(), createPart('x', '1')],
    'a duplicate file': [createOperations(), createMap(), file(), file()],
    'a second file': [createOperations(), createMap(), file(), file('1')],
    '30 files': [createOperations(), createMap(), ...Array.from({ length: 30 }, (_, n) => file(`${n}`))],
    '1,000 fields': [createOperations(), ...Array.from({ length: 1000 }, (_, n) => createPart(`${n}`, ''))],
    'a file that is not in the map': [createOperations(), createMap(), file('1')],
    'a file without a name': [createOperations(), createMap(), file('')],
    'a file part named operations': [file('operations', Buffer.from(OPERATIONS)), createMap(), file()],
    'a file part named map': [createOperations(), file('map', Buffer.from(MAP)), file()],
    'a field instead of the file': [createOperations(), createMap(), createPart('0', CLIP)],
    'a part without headers': [createOperations(), createMap(), Buffer.from('\r\n\r\nx'), file()],
    'a part without Content-Disposition after the file': [
      createOperations(),
      createMap(),
      file(),
      Buffer.from('X: y\r\n\r\nx'),
    ],
    'a part with the disposition attachment': [
      createOperations(),
      createMap(),
      Buffer.from('Content-Disposition: attachment; name="0"; filename="a"\r\n\r\nx'),
    ],
    'a file name of 64 KiB': [
      createOperations(),
      createMap(),
      createPart('0', CLIP, { filename: 'a'.repeat(65_536) }),
    ],
    'a part name of 64 KiB': [createOperations(), createMap(), file('n'.repeat(65_536))],
    'a header of 64 KiB': [
      createOperations(),
      createMap(),
      createPart('0', CLIP, { filename: 'a', headers: [`X: ${'x'.repeat(65_536)}`] }),
    ],
    '3,000 headers': [
      createOperations(),
      createMap(),
      createPart('0', CLIP, { filename: 'a', headers: Array(3000).fill('X: y') }),
    ],
    'a header without a colon': [
      createOperations(),
      createMap(),
      Buffer.from('Content-Disposition\r\n\r\nx'),
    ],
    'two malformed parts after the file': [
      createOperations(),
      createMap(),
      file(),
      Buffer.from('\u0000\r\n\r\n'),
      Buffer.from('\u0000\r\n\r\n'),
    ],
    'a malformed first part': [Buffer.from(': :\r\n\r\n'), createOperations(), createMap(), file()],
  };
  for (const [title, content] of Object.entries(sets))
    yield createHostileUpload(title, createMultipartBody(content));
}

/** Yields uploads whose bodies are truncated, empty, or do not match the boundary. */
export function* createHostileFramings(): Generator<HostileUpload> {
  const whole = createMultipartUpload(OPERATION, CLIP);
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
    yield createHostileUpload(`a body that ends after ${JSON.stringify(mark)}`, whole.subarray(0, end));
  }
  // The last two bytes, a line break, may be missing.
  for (const missing of [3, 4, 5, 8]) {
    yield createHostileUpload(
      `a body without its last ${missing} bytes`,
      whole.subarray(0, whole.length - missing),
    );
  }
  const type = (rest: string) => `multipart/form-data${rest}`;
  yield createHostileUpload('an empty body', Buffer.alloc(0));
  yield createHostileUpload('a body of line breaks', Buffer.from('\r\n'.repeat(1000)));
  yield createHostileUpload('a body of dashes', Buffer.from('-'.repeat(5000)));
  yield createHostileUpload(
    'a body with bare line feeds',
    Buffer.from(whole.toString().replaceAll('\r\n', '\n')),
  );
  yield createHostileUpload('no boundary', whole, 400, type(';'));
  yield createHostileUpload('a content type without parameters', whole, 415, type(''));
  yield createHostileUpload('an empty boundary', whole, 400, type('; boundary='));
  yield createHostileUpload('another boundary', whole, 400, type('; boundary=other'));
  yield createHostileUpload(
    'a prefix of the boundary',
    whole,
    400,
    type(`; boundary=${BOUNDARY.slice(0, -1)}`),
  );
  yield createHostileUpload('a boundary of 8 KiB', whole, 400, type(`; boundary=${'b'.repeat(8192)}`));
  yield createHostileUpload(
    'a preamble over the limits',
    Buffer.concat([Buffer.alloc(1_300_000, 'x'), whole]),
    413,
  );
  yield createHostileUpload(
    'an epilogue over the limits',
    Buffer.concat([whole, Buffer.alloc(1_300_000, 'x')]),
    413,
  );
}
