import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMultipartUpload } from '../../kit/api/multipart.ts';
import {
  createRequestHead,
  LIMITS,
  openUploadServer,
  STORE,
  type TestUploadServer,
} from '../../kit/api/upload-server.ts';
import { createHostileFields, createHostileTargets } from '../../kit/hostile/hostile-fields.ts';
import { createHostileFramings, createHostileParts } from '../../kit/hostile/hostile-parts.ts';

const hostileUploads = [
  ...createHostileTargets(),
  ...createHostileFields(),
  ...createHostileParts(),
  ...createHostileFramings(),
];

let server: TestUploadServer;
beforeAll(async () => {
  server = await openUploadServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the upload endpoint', () => {
  test.for(hostileUploads)('rejects $title', async hostile => {
    await server.expectUnaffected(async () => {
      const headers = hostile.contentType === undefined ? {} : { 'content-type': hostile.contentType };
      const { status, text } = await server.send(hostile.body, { headers });
      expect([status, text]).toEqual([hostile.status, expect.stringContaining('"code":"')]);
    });
  });

  test('is tested with at least 118 hostile uploads', () => {
    expect(hostileUploads.length).toBeGreaterThanOrEqual(118);
  });

  test.for([0, 10, 150, 280, 400, 5_000, 500_000])(
    'keeps no file of a client that disconnects after %i bytes',
    async bytes => {
      await server.expectUnaffected(async () => {
        const socket = connect(server.address);
        const whole = createMultipartUpload(STORE, Buffer.alloc(LIMITS.maxFileBytes));
        socket.write(createRequestHead(whole.length));
        await new Promise(sent => socket.write(whole.subarray(0, bytes), sent));
        socket.resetAndDestroy();
      });
    },
  );

  test.for([0, 300, 500_000])('returns 408 to a client that stalls after %i bytes', async bytes => {
    await server.expectUnaffected(async () => {
      const socket = connect(server.address);
      const whole = createMultipartUpload(STORE, Buffer.alloc(LIMITS.maxFileBytes));
      socket.write(createRequestHead(whole.length));
      socket.write(whole.subarray(0, bytes));
      const [response] = await once(socket, 'data');
      expect(String(response)).toMatch(/^HTTP\/1.1 408 [\s\S]*REQUEST_TIMEOUT/);
      await new Promise(closed => socket.once('close', closed));
    });
  });
});
