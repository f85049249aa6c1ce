import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upload } from '../../kit/api/multipart.ts';
import { LIMITS, openUploadDoor, requestHead, STORE, type UploadDoor } from '../../kit/api/upload-server.ts';
import { hostileFields, hostileTargets } from '../../kit/hostile/hostile-fields.ts';
import { hostileFramings, hostileParts } from '../../kit/hostile/hostile-parts.ts';

const hostileUploads = [...hostileTargets(), ...hostileFields(), ...hostileParts(), ...hostileFramings()];

let door: UploadDoor;
beforeAll(async () => {
  door = await openUploadDoor();
});
afterAll(() => door[Symbol.asyncDispose]());

describe('the upload door, attacked,', () => {
  test.for(hostileUploads)('refuses $title', async hostile => {
    await door.expectUnharmed(async () => {
      const headers = hostile.contentType === undefined ? {} : { 'content-type': hostile.contentType };
      const { status, text } = await door.send(hostile.body, { headers });
      expect([status, text]).toEqual([hostile.status, expect.stringContaining('"code":"')]);
    });
  });

  test('knows at least 118 ways to be attacked', () => {
    expect(hostileUploads.length).toBeGreaterThanOrEqual(118);
  });

  test.for([0, 10, 150, 280, 400, 5_000, 500_000])(
    'keeps nothing of a client that leaves after %i bytes',
    async bytes => {
      await door.expectUnharmed(async () => {
        const socket = connect(door.address);
        const whole = upload(STORE, Buffer.alloc(LIMITS.maxFileBytes));
        socket.write(requestHead(whole.length));
        await new Promise(sent => socket.write(whole.subarray(0, bytes), sent));
        socket.resetAndDestroy();
      });
    },
  );

  test.for([0, 300, 500_000])('gives up on a client that stalls after %i bytes', async bytes => {
    await door.expectUnharmed(async () => {
      const socket = connect(door.address);
      const whole = upload(STORE, Buffer.alloc(LIMITS.maxFileBytes));
      socket.write(requestHead(whole.length));
      socket.write(whole.subarray(0, bytes));
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1.1 408 [\s\S]*REQUEST_TIMEOUT/);
      await new Promise(closed => socket.once('close', closed));
    });
  });
});
