import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { openMediaServer, type TestMediaServer } from '../../kit/api/media-server.ts';

let server: TestMediaServer;
beforeAll(async () => {
  server = await openMediaServer('/stored/');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.unexpectedErrors).toEqual([]);
});

describe('behind an nginx that sends files', () => {
  test('a published clip is returned as X-Accel-Redirect with its headers and without a body', async () => {
    const id = await server.publish();
    const { status, headers, body } = await server.get(toMediaPath(id, 'clip.mp4'), {
      headers: { range: 'bytes=0-9', 'if-none-match': '*' },
    });
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'x-accel-redirect': `/stored/processed/${id}-1.mp4`,
      'content-type': 'video/mp4',
      'cache-control': 'public, max-age=60',
      'access-control-allow-origin': '*',
    });
    // nginx sets these headers from the file; duplicates would confuse caches.
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('accept-ranges');
  });

  test('an original is returned as X-Accel-Redirect only for a signed link', async () => {
    const path = toMediaPath(await server.publish(), 'original');
    const rejected = await server.get(path);
    expect([rejected.status, rejected.headers['x-accel-redirect']]).toEqual([403, undefined]);

    const { headers } = await server.get(server.links.sign(path, 60));
    expect(headers['x-accel-redirect']).toMatch(/^\/stored\/original\/[\w-]+$/);
    expect(headers['cache-control']).toBe('private, no-store');
  });

  test('a hidden or missing file returns 404 without X-Accel-Redirect', async () => {
    const hidden = await server.publish({ published: false });
    const lost = await server.publish({ clipKey: 'processed/lost-1.mp4' });
    for (const id of [hidden, lost]) {
      const { status, headers } = await server.get(toMediaPath(id, 'clip.mp4'));
      expect([status, headers['x-accel-redirect']]).toEqual([404, undefined]);
    }
  });
});
