import { createMultipartBody, createMultipartUpload } from '../api/multipart.ts';
import {
  CLIP,
  createHostileUpload,
  createMap,
  createOperations,
  file,
  type HostileUpload,
  MAP,
  OPERATIONS,
  STORE,
} from './hostile-upload.ts';

const NESTING_DEPTH = 20_000;

/** Yields uploads whose file paths must be rejected, each with variables that make the path plausible. */
export function* createHostileTargets(): Generator<HostileUpload> {
  const variables = {
    file: null,
    list: [null],
    text: 'x',
    zero: 0,
    empty: {},
    nested: { file: null, '': null },
  };
  const paths = [
    'hasOwnProperty.call',
    'variables.hasOwnProperty.call',
    'variables.file.reject',
    'variables.list.99999999',
    'variables.list.100',
    'variables.list.1',
    'variables.list.-1',
    'variables.list.length',
    'variables.list.push',
    'variables.list.constructor.prototype',
    'variables.text',
    'variables.text.length',
    'variables.text.0',
    'variables.zero',
    'variables.empty',
    'variables.empty.file',
    'variables.missing',
    'variables.nested',
    'variables.nested.',
    'variables.nested..file',
    'variables.__proto__',
    'variables.__proto__.polluted',
    'variables.__proto__.toString',
    'variables.constructor',
    'variables.constructor.prototype.polluted',
    'variables.toString',
    'variables.file.then',
    'variables.file.promise',
    'variables',
    'variables.',
    '.variables.file',
    'variables.file.',
    ' variables.file',
    'variables.file ',
    'variables.file\n',
    'variables[file]',
    'variables.fíle',
    'variables.file\u0000',
    'Variables.file',
    'query',
    'query.length',
    'operationName',
    'extensions.file',
    '__proto__.file',
    'constructor.prototype.file',
    '0.variables.file',
    '',
    '.',
    `variables${'.nested'.repeat(500)}`,
  ];
  for (const path of paths) {
    yield createHostileUpload(
      `a file mapped to ${JSON.stringify(path).slice(0, 60)}`,
      createMultipartUpload({ query: STORE, variables }, CLIP, path),
    );
  }
  const operationsText =
    '{"query":"{hello}","variables":{"__proto__":{"file":null},"constructor":{"file":null}}}';
  for (const name of ['__proto__', 'constructor']) {
    const mapText = `{"0":["variables.${name}.file"]}`;
    yield createHostileUpload(
      `a file mapped to a variable named ${name}`,
      createMultipartBody([createOperations(operationsText), createMap(mapText), file()]),
    );
  }
}

/** Yields uploads with maps and operations of the wrong shape. */
export function* createHostileFields(): Generator<HostileUpload> {
  const maps = [
    '',
    ' ',
    '{',
    'null',
    'true',
    '1',
    '"0"',
    '[]',
    '{}',
    '[["variables.file"]]',
    '{"0":null}',
  ].concat([
    '{"0":"variables.file"}',
    '{"0":[]}',
    '{"0":[null]}',
    '{"0":[0]}',
    '{"0":[["variables.file"]]}',
    '{"0":{"0":"variables.file"}}',
    '{"0":{"length":1,"0":"variables.file"}}',
    '{"0":["variables.file","variables.file"]}',
    '{"0":["variables.file","variables.file.reject"]}',
    '{"0":["variables.file"],"1":["variables.file"]}',
    '{"0":["variables.file"],"1":[]}',
    '{"1":["variables.file"]}',
    '{"__proto__":["variables.file"]}',
    "{'0':['variables.file']}",
    `{"0":["variables.file"]}x`,
    '['.repeat(NESTING_DEPTH),
    `${'['.repeat(NESTING_DEPTH)}${']'.repeat(NESTING_DEPTH)}`,
    `${'{"0":'.repeat(5000)}1${'}'.repeat(5000)}`,
  ]);
  for (const text of maps) {
    yield createHostileUpload(
      `the map ${text.slice(0, 50) || '(empty)'}`,
      createMultipartBody([createOperations(), createMap(text), file()]),
    );
  }
  const texts = [
    '',
    '{',
    'null',
    'true',
    '7',
    '"x"',
    '[]',
    `[${OPERATIONS}]`,
    `[${OPERATIONS},${OPERATIONS}]`,
  ].concat([
    '{}',
    '{"query":"{hello}"}',
    '{"query":"{hello}","variables":null}',
    '{"query":"{hello}","variables":[null]}',
    '{"query":"{hello}","variables":"file"}',
    '{"query":7,"variables":{"file":null}}',
    '{"query":{},"variables":{"file":null}}',
    '{"query":"{hello}","operationName":{},"variables":{"file":null}}',
    '{"query":"{hello}","extensions":[],"variables":{"file":null}}',
    '{"query":"{hello}","variables":{"file":null},"file":null}',
    '{"query":"{hello}","variables":{"file":null,"file":1}}',
    '{"variables":{"file":null}}',
    '{"query":"","variables":{"file":null}}',
    '['.repeat(NESTING_DEPTH),
    `{"query":"{hello}","variables":${'{"a":'.repeat(NESTING_DEPTH / 2)}`,
    OPERATIONS.replace('"query"', '\uFEFF"query"'),
  ]);
  for (const text of texts) {
    yield createHostileUpload(
      `the operations ${text.slice(0, 70) || '(empty)'}`,
      createMultipartBody([createOperations(text), createMap(), file()]),
    );
  }
  yield createHostileUpload(
    'operations in UTF-16 declared as UTF-8',
    createMultipartBody([createOperations(Buffer.from(OPERATIONS, 'utf16le')), createMap(), file()]),
  );
  yield createHostileUpload(
    'operations of invalid UTF-8',
    createMultipartBody([createOperations(Buffer.from([0xff, 0xfe, 0, 0x80])), createMap(), file()]),
  );
  yield createHostileUpload(
    'operations in an unknown charset',
    createMultipartBody([
      createOperations(OPERATIONS, ['Content-Type: text/plain; charset=x-nope']),
      createMap(),
      file(),
    ]),
  );
  const large = ' '.repeat(70_000);
  yield createHostileUpload(
    'operations over the limit',
    createMultipartBody([createOperations(OPERATIONS + large), createMap(), file()]),
    413,
  );
  yield createHostileUpload(
    'a map over the limit',
    createMultipartBody([createOperations(), createMap(MAP + large), file()]),
    413,
  );
}
