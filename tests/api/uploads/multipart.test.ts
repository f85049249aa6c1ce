import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOUNDARY, body, part, post, upload } from '../../kit/api/multipart.ts';
import {
  HEADERS,
  keptAlive,
  LIMITS,
  openUploadDoor,
  RESULT,
  requestHead,
  STORE,
  stored,
  type UploadDoor,
} from '../../kit/api/upload-server.ts';

let door: UploadDoor;
beforeAll(async () => {
  door = await openUploadDoor();
});
afterAll(() => door[Symbol.asyncDispose]());

describe('the upload door', () => {
  test.for([0, 1, 65_536, LIMITS.maxFileBytes])(
    'stores a file of %i bytes, up to its limit',
    async sizeBytes => {
      const { status, text } = await door.send(upload(STORE, Buffer.alloc(sizeBytes, 'x')));
      expect([status, JSON.parse(text)]).toEqual([200, stored(sizeBytes)]);
    },
  );

  test('puts a file into an input object, into a list and wherever its part is called', async () => {
    const input = { query: `mutation ($input: StoreInput!) { storeInput(input: $input) ${RESULT} }` };
    const inInput = { ...input, variables: { input: { title: 'Triple', file: null } } };
    expect(
      JSON.parse((await door.send(upload(inInput, Buffer.alloc(9), 'variables.input.file'))).text),
    ).toEqual(stored(9, 'storeInput'));
    const list = { query: `mutation ($files: [Upload!]!) { storeList(files: $files) ${RESULT} }` };
    const inList = { ...list, operationName: null, variables: { files: [null] } };
    expect(JSON.parse((await door.send(upload(inList, Buffer.alloc(9), 'variables.files.0'))).text)).toEqual(
      stored(9, 'storeList'),
    );
    const named = body([
      part('operations', JSON.stringify(STORE)),
      part('map', '{"ficha técnica":["variables.file"]}'),
      part('ficha técnica', 'clip', { filename: 'jugada «3».mp4' }),
    ]);
    expect(JSON.parse((await door.send(named)).text)).toEqual(stored(4));
  });

  test('stores files whose bytes look like delimiters', async () => {
    const bytes = Buffer.from(
      `\r\n--${BOUNDARY.slice(0, -1)}\r\n--\r\n\r\n----${BOUNDARY.toUpperCase()}--\r\n`,
    );
    expect(JSON.parse((await door.send(upload(STORE, bytes))).text)).toEqual(stored(bytes.length));
  });

  test.for([1, 200_000])(
    'answers FileTooLarge for %i bytes too many and reuses the connection',
    async extra => {
      using agent = keptAlive();
      await door.expectUnharmed(async () => {
        const { status, text } = await door.send(upload(STORE, Buffer.alloc(LIMITS.maxFileBytes + extra)), {
          agent,
        });
        const tooLarge = { store: { __typename: 'FileTooLarge', limitBytes: LIMITS.maxFileBytes } };
        expect([status, JSON.parse(text)]).toEqual([200, { data: tooLarge }]);
      });
      const again = await door.send(upload(STORE, Buffer.alloc(5)), { agent });
      expect([again.reused, JSON.parse(again.text)]).toEqual([true, stored(5)]);
    },
  );

  test.for([
    ['FileTooLarge', {}],
    ['"code":"PAYLOAD_TOO_LARGE"', { 'content-type': 'application/json' }],
    ['graphql-require-preflight', { 'graphql-require-preflight': undefined }],
    ['405', { ':method': 'PUT' }],
  ] as const)('answers %s to a client that would never stop, then hangs up', async ([answer, headers]) => {
    await door.expectUnharmed(async () => {
      const socket = connect(door.address);
      socket.write(requestHead(1e12, headers));
      const file = upload(STORE, Buffer.alloc(LIMITS.maxFileBytes + 1000));
      socket.write(file.subarray(0, file.length - 100));
      const [received] = await once(socket, 'data');
      expect(String(received)).toContain(answer);
      const flood = setInterval(() => socket.write(Buffer.alloc(100_000)), 20);
      socket.on('error', () => clearInterval(flood));
      await new Promise(closed => socket.once('close', closed));
      clearInterval(flood);
    });
  });

  test('answers a resolver that reads no file, and reuses the connection', async () => {
    using agent = keptAlive();
    const operation = {
      query: 'mutation ($file: Upload!) { ignore(file: $file) }',
      variables: { file: null },
    };
    await door.expectUnharmed(async () => {
      for (const reused of [false, true]) {
        const answer = await door.send(upload(operation, Buffer.alloc(LIMITS.maxFileBytes)), { agent });
        expect([answer.reused, JSON.parse(answer.text)]).toEqual([reused, { data: { ignore: true } }]);
      }
    });
  });

  test.for([10, LIMITS.maxFileBytes])(
    'does not take a slow resolver for a client that stalls (%i bytes)',
    async sizeBytes => {
      const operation = { ...STORE, query: STORE.query.replace('store(', 'storeLate(') };
      const { text } = await door.send(upload(operation, Buffer.alloc(sizeBytes)));
      expect(JSON.parse(text)).toEqual(stored(sizeBytes, 'storeLate'));
    },
  );

  test.for([
    ['a document that does not parse', '{'],
    ['an unknown field', 'mutation ($file: Upload!) { burn(file: $file) }'],
    ['a file for a variable of another type', 'query ($file: String) { hello(name: $file) }'],
    [
      'a file for an input object',
      'mutation ($file: StoreInput!) { storeInput(input: $file) { __typename } }',
    ],
    ['a mutation that was never named', 'query A { hello } query B { hello }'],
  ])('answers %s with a GraphQL error', async ([, query]) => {
    await door.expectUnharmed(async () => {
      const { status, text } = await door.send(
        upload({ query, variables: { file: null } }, Buffer.alloc(200_000)),
      );
      expect(status).toBe(400);
      expect(JSON.parse(text).errors[0].message).toEqual(expect.any(String));
    });
  });

  test('reads nothing from a request that a browser could send without asking first', async () => {
    await door.expectUnharmed(async () => {
      const { 'graphql-require-preflight': _, ...headers } = HEADERS;
      const { status } = await post(door.url, upload(STORE, Buffer.alloc(10)), { headers });
      expect(status).toBe(403);
    });
  });
});
