import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { CLIP, LAST_MODIFIED, openMediaServer, type TestMediaServer } from '../../kit/api/media-server.ts';

let server: TestMediaServer;
beforeAll(async () => {
  server = await openMediaServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.unexpectedErrors).toEqual([]);
});

describe('a published clip', () => {
  test('is returned whole, with headers for players and caches', async () => {
    const id = await server.publish();
    const { status, headers, body } = await server.get(toMediaPath(id, 'clip.mp4'));
    expect(status).toBe(200);
    expect(body.equals(CLIP)).toBe(true);
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=60',
      'content-length': '1000',
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'cross-origin',
      etag: expect.stringMatching(/^"[\w-]+"$/),
      'last-modified': LAST_MODIFIED,
      'x-content-type-options': 'nosniff',
    });
  });

  test.for([
    ['poster.jpg', 'image/jpeg'],
    ['preview.webp', 'image/webp'],
    ['storyboard.jpg', 'image/jpeg'],
    ['storyboard.vtt', 'text/vtt; charset=utf-8'],
  ] as const)('has %s with the content type %s', async ([file, contentType]) => {
    const { status, headers, body } = await server.get(toMediaPath(await server.publish(), file));
    expect([status, headers['content-type'], headers['access-control-allow-origin']]).toEqual([
      200,
      contentType,
      '*',
    ]);
    expect(body.length).toBeGreaterThan(0);
  });

  test.for([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=900-', 900, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=500-5000', 500, 999],
  ] as const)('returns 206 with exactly the bytes of %s', async ([range, start, end]) => {
    const { status, headers, body } = await server.get(toMediaPath(await server.publish(), 'clip.mp4'), {
      headers: { range },
    });
    expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end}/1000`]);
    expect(headers['content-length']).toBe(String(end - start + 1));
    expect(body.equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  test.for(['bytes=0-1,5-6', 'bytes=9-1', 'lines=1-2', 'nonsense'])(
    'is returned whole for %s',
    async range => {
      const { status, headers, body } = await server.get(toMediaPath(await server.publish(), 'clip.mp4'), {
        headers: { range },
      });
      expect([status, headers['content-range'], body.length]).toEqual([200, undefined, 1000]);
    },
  );

  test.for(['bytes=1000-', 'bytes=-0'])('returns 416 with its size for %s', async range => {
    const { status, headers, body } = await server.get(toMediaPath(await server.publish(), 'clip.mp4'), {
      headers: { range },
    });
    expect([status, headers['content-range'], body.length]).toEqual([416, 'bytes */1000', 0]);
  });

  test('returns no body and ignores ranges for HEAD', async () => {
    const path = toMediaPath(await server.publish(), 'clip.mp4');
    const whole = await server.get(path);
    const head = await server.get(path, { method: 'HEAD', headers: { range: 'bytes=0-1' } });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { date: _, ...headers } = head.headers;
    expect(whole.headers).toMatchObject(headers);
  });

  test('returns a range only if If-Range matches', async () => {
    const path = toMediaPath(await server.publish(), 'clip.mp4');
    const { etag = '' } = (await server.get(path)).headers;
    const getStatus = async (ifRange: string) =>
      (await server.get(path, { headers: { range: 'bytes=0-1', 'if-range': ifRange } })).status;
    expect(await getStatus(etag)).toBe(206);
    expect(await getStatus(LAST_MODIFIED)).toBe(206);
    expect(await getStatus(`W/${etag}`)).toBe(200);
    expect(await getStatus('"another"')).toBe(200);
    expect(await getStatus('Fri, 01 May 2026 10:00:01 GMT')).toBe(200);
  });

  test('returns 304 or 412 for conditional requests', async () => {
    const path = toMediaPath(await server.publish(), 'clip.mp4');
    const { etag = '' } = (await server.get(path)).headers;
    const earlier = 'Fri, 01 May 2026 09:59:59 GMT';
    const cases: [Record<string, string>, number][] = [
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': `"x", W/${etag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': '"x"' }, 200],
      [{ 'if-none-match': '"x"', 'if-modified-since': LAST_MODIFIED }, 200],
      [{ 'if-modified-since': LAST_MODIFIED }, 304],
      [{ 'if-modified-since': earlier }, 200],
      [{ 'if-modified-since': 'yesterday' }, 200],
      [{ 'if-none-match': etag, range: 'bytes=5000-' }, 304],
      [{ 'if-match': etag }, 200],
      [{ 'if-match': '*' }, 200],
      [{ 'if-match': '"x"' }, 412],
      [{ 'if-match': `W/${etag}` }, 412],
      [{ 'if-unmodified-since': LAST_MODIFIED }, 200],
      [{ 'if-unmodified-since': earlier }, 412],
    ];
    for (const [headers, expected] of cases) {
      const { status, headers: sent, body } = await server.get(path, { headers });
      expect([headers, status]).toEqual([headers, expected]);
      if (status !== 304) continue;
      expect(body).toHaveLength(0);
      expect(sent).toMatchObject({ etag, 'cache-control': 'public, max-age=60' });
      expect(sent).not.toHaveProperty('content-type');
    }
  });

  test('has another ETag after its bytes change', async () => {
    const id = await server.publish();
    const before = (await server.get(toMediaPath(id, 'clip.mp4'))).headers.etag;
    await server.storage.write(`processed/${id}-1.mp4`, Readable.from([Buffer.from('new')]), { maxBytes: 3 });
    expect((await server.get(toMediaPath(id, 'clip.mp4'))).headers.etag).not.toBe(before);
  });

  test.for(['POST', 'PUT', 'DELETE', 'PATCH'])('returns 405 with Allow for %s', async method => {
    const { status, headers } = await server.get(toMediaPath(await server.publish(), 'clip.mp4'), { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('allows range requests from pages of any origin', async () => {
    const { status, headers } = await server.get(toMediaPath(await server.publish(), 'clip.mp4'), {
      method: 'OPTIONS',
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('range'),
    });
  });

  test('of 0 bytes returns 200 with an empty body', async () => {
    const path = toMediaPath(await server.publish({}, Buffer.alloc(0)), 'clip.mp4');
    const { status, headers, body } = await server.get(path);
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    expect((await server.get(path, { headers: { range: 'bytes=0-' } })).status).toBe(416);
  });
});
