import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../../kit/api/multipart.ts';
import {
  createKeepAliveAgent,
  HEADERS,
  LIMITS,
  openUploadServer,
  type TestUploadServer,
} from '../../kit/api/upload-server.ts';

let server: TestUploadServer;
beforeAll(async () => {
  server = await openUploadServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the endpoint for requests without a file', () => {
  const json = { accept: HEADERS.accept, 'content-type': 'application/json' };
  const request = (sizeBytes: number) =>
    Buffer.from(JSON.stringify({ query: '{ hello }' }).padEnd(sizeBytes));

  test('accepts a body of exactly the limit and returns 413 for one byte more', async () => {
    using agent = createKeepAliveAgent();
    const whole = await post(server.url, request(LIMITS.maxJsonBytes), { headers: json, agent });
    expect([whole.status, JSON.parse(whole.text)]).toEqual([200, { data: { hello: 'Hello you' } }]);
    const over = await post(server.url, request(LIMITS.maxJsonBytes + 1), { headers: json, agent });
    expect([over.status, JSON.parse(over.text).errors[0].extensions.code]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
    ]);
    expect((await post(server.url, request(100), { headers: json, agent })).reused).toBe(true);
  });

  test.for(['application/json', 'application/graphql', 'application/graphql+json'])(
    'returns 413 for a chunked body of %s over the limit',
    async type => {
      const chunks = Array.from({ length: 10 }, () => Buffer.alloc(LIMITS.maxJsonBytes / 8, ' '));
      const { status, text } = await post(server.url, chunks, { headers: { 'content-type': type } });
      expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    },
  );

  test.for(['', '{', 'null', '[]', '7', '{"query":7}'])('returns 400 for the body %s', async text => {
    const { status } = await post(server.url, Buffer.from(text), { headers: json });
    expect(status).toBe(400);
  });

  test('tolerates a client that disconnects during the body', async () => {
    await server.expectUnaffected(async () => {
      const socket = connect(server.address);
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n',
      );
      await new Promise(sent => socket.write('{"query":', sent));
      socket.resetAndDestroy();
    });
  });
});
