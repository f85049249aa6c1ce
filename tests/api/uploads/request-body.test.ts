import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../../kit/api/multipart.ts';
import { HEADERS, keptAlive, LIMITS, openUploadDoor, type UploadDoor } from '../../kit/api/upload-server.ts';

let door: UploadDoor;
beforeAll(async () => {
  door = await openUploadDoor();
});
afterAll(() => door[Symbol.asyncDispose]());

describe('the door for requests without a file', () => {
  const json = { accept: HEADERS.accept, 'content-type': 'application/json' };
  const request = (sizeBytes: number) =>
    Buffer.from(JSON.stringify({ query: '{ hello }' }).padEnd(sizeBytes));

  test('reads a body of exactly its limit, and refuses one byte more', async () => {
    using agent = keptAlive();
    const whole = await post(door.url, request(LIMITS.maxJsonBytes), { headers: json, agent });
    expect([whole.status, JSON.parse(whole.text)]).toEqual([200, { data: { hello: 'Hello you' } }]);
    const over = await post(door.url, request(LIMITS.maxJsonBytes + 1), { headers: json, agent });
    expect([over.status, JSON.parse(over.text).errors[0].extensions.code]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
    ]);
    expect((await post(door.url, request(100), { headers: json, agent })).reused).toBe(true);
  });

  test.for(['application/json', 'application/graphql', 'application/graphql+json'])(
    'counts the bytes of %s that come in chunks of unknown number',
    async type => {
      const chunks = Array.from({ length: 10 }, () => Buffer.alloc(LIMITS.maxJsonBytes / 8, ' '));
      const { status, text } = await post(door.url, chunks, { headers: { 'content-type': type } });
      expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    },
  );

  test.for(['', '{', 'null', '[]', '7', '{"query":7}'])('refuses the body %s as malformed', async text => {
    const { status } = await post(door.url, Buffer.from(text), { headers: json });
    expect(status).toBe(400);
  });

  test('is not surprised by a client that leaves', async () => {
    await door.expectUnharmed(async () => {
      const socket = connect(door.address);
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n',
      );
      await new Promise(sent => socket.write('{"query":', sent));
      socket.resetAndDestroy();
    });
  });
});
