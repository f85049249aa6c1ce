import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BOUNDARY,
  createMultipartBody,
  createMultipartUpload,
  createPart,
  post,
} from '../../kit/api/multipart.ts';
import {
  createKeepAliveAgent,
  createRequestHead,
  HEADERS,
  LIMITS,
  openUploadServer,
  RESULT,
  STORE,
  type TestUploadServer,
  toStoredResult,
} from '../../kit/api/upload-server.ts';

let server: TestUploadServer;
beforeAll(async () => {
  server = await openUploadServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the upload endpoint', () => {
  test.for([0, 1, 65_536, LIMITS.maxFileBytes])('stores a file of %i bytes', async sizeBytes => {
    const { status, text } = await server.send(createMultipartUpload(STORE, Buffer.alloc(sizeBytes, 'x')));
    expect([status, JSON.parse(text)]).toEqual([200, toStoredResult(sizeBytes)]);
  });

  test('accepts a file in an input object, in a list and under any part name', async () => {
    const input = { query: `mutation ($input: StoreInput!) { storeInput(input: $input) ${RESULT} }` };
    const inInput = { ...input, variables: { input: { title: 'Triple', file: null } } };
    expect(
      JSON.parse(
        (await server.send(createMultipartUpload(inInput, Buffer.alloc(9), 'variables.input.file'))).text,
      ),
    ).toEqual(toStoredResult(9, 'storeInput'));
    const list = { query: `mutation ($files: [Upload!]!) { storeList(files: $files) ${RESULT} }` };
    const inList = { ...list, operationName: null, variables: { files: [null] } };
    expect(
      JSON.parse(
        (await server.send(createMultipartUpload(inList, Buffer.alloc(9), 'variables.files.0'))).text,
      ),
    ).toEqual(toStoredResult(9, 'storeList'));
    const named = createMultipartBody([
      createPart('operations', JSON.stringify(STORE)),
      createPart('map', '{"ficha técnica":["variables.file"]}'),
      createPart('ficha técnica', 'clip', { filename: 'jugada «3».mp4' }),
    ]);
    expect(JSON.parse((await server.send(named)).text)).toEqual(toStoredResult(4));
  });

  test('stores a file whose bytes look like delimiters', async () => {
    const bytes = Buffer.from(
      `\r\n--${BOUNDARY.slice(0, -1)}\r\n--\r\n\r\n----${BOUNDARY.toUpperCase()}--\r\n`,
    );
    expect(JSON.parse((await server.send(createMultipartUpload(STORE, bytes))).text)).toEqual(
      toStoredResult(bytes.length),
    );
  });

  test.for([1, 200_000])(
    'returns FileTooLarge for %i bytes over the limit and reuses the connection',
    async excess => {
      using agent = createKeepAliveAgent();
      await server.expectUnaffected(async () => {
        const { status, text } = await server.send(
          createMultipartUpload(STORE, Buffer.alloc(LIMITS.maxFileBytes + excess)),
          {
            agent,
          },
        );
        const tooLarge = { store: { __typename: 'FileTooLarge', limitBytes: LIMITS.maxFileBytes } };
        expect([status, JSON.parse(text)]).toEqual([200, { data: tooLarge }]);
      });
      const again = await server.send(createMultipartUpload(STORE, Buffer.alloc(5)), { agent });
      expect([again.reused, JSON.parse(again.text)]).toEqual([true, toStoredResult(5)]);
    },
  );

  test.for([
    ['FileTooLarge', {}],
    ['"code":"PAYLOAD_TOO_LARGE"', { 'content-type': 'application/json' }],
    ['graphql-require-preflight', { 'graphql-require-preflight': undefined }],
    ['405', { ':method': 'PUT' }],
  ] as const)(
    'returns %s to a client that sends without end, then closes the connection',
    async ([response, headers]) => {
      await server.expectUnaffected(async () => {
        const socket = connect(server.address);
        socket.write(createRequestHead(1e12, headers));
        const file = createMultipartUpload(STORE, Buffer.alloc(LIMITS.maxFileBytes + 1000));
        socket.write(file.subarray(0, file.length - 100));
        const [received] = await once(socket, 'data');
        expect(String(received)).toContain(response);
        const flood = setInterval(() => socket.write(Buffer.alloc(100_000)), 20);
        socket.on('error', () => clearInterval(flood));
        await new Promise(resolve => socket.once('close', resolve));
        clearInterval(flood);
      });
    },
  );

  test('returns the result of a resolver that ignores the file, and reuses the connection', async () => {
    using agent = createKeepAliveAgent();
    const operation = {
      query: 'mutation ($file: Upload!) { ignore(file: $file) }',
      variables: { file: null },
    };
    await server.expectUnaffected(async () => {
      for (const reused of [false, true]) {
        const response = await server.send(
          createMultipartUpload(operation, Buffer.alloc(LIMITS.maxFileBytes)),
          {
            agent,
          },
        );
        expect([response.reused, JSON.parse(response.text)]).toEqual([reused, { data: { ignore: true } }]);
      }
    });
  });

  test.for([10, LIMITS.maxFileBytes])(
    'waits for a slow resolver without a timeout (%i bytes)',
    async sizeBytes => {
      const operation = { ...STORE, query: STORE.query.replace('store(', 'storeLate(') };
      const { text } = await server.send(createMultipartUpload(operation, Buffer.alloc(sizeBytes)));
      expect(JSON.parse(text)).toEqual(toStoredResult(sizeBytes, 'storeLate'));
    },
  );

  test.for([
    ['a document with a syntax error', '{'],
    ['an unknown field', 'mutation ($file: Upload!) { burn(file: $file) }'],
    ['a file for a variable of the wrong type', 'query ($file: String) { hello(name: $file) }'],
    [
      'a file for an input object',
      'mutation ($file: StoreInput!) { storeInput(input: $file) { __typename } }',
    ],
    ['two operations without an operation name', 'query A { hello } query B { hello }'],
  ])('returns 400 with a GraphQL error for %s', async ([, query]) => {
    await server.expectUnaffected(async () => {
      const { status, text } = await server.send(
        createMultipartUpload({ query, variables: { file: null } }, Buffer.alloc(200_000)),
      );
      expect(status).toBe(400);
      expect(JSON.parse(text).errors[0].message).toEqual(expect.any(String));
    });
  });

  test('returns 403 for a request without a preflight header', async () => {
    await server.expectUnaffected(async () => {
      const { 'graphql-require-preflight': _, ...headers } = HEADERS;
      const { status } = await post(server.url, createMultipartUpload(STORE, Buffer.alloc(10)), { headers });
      expect(status).toBe(403);
    });
  });
});
