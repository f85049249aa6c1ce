import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { CLIP, LAST_MODIFIED, type MediaDoor, openMediaDoor } from '../../kit/api/media-server.ts';

let door: MediaDoor;
beforeAll(async () => {
  door = await openMediaDoor();
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  expect(door.surprises).toEqual([]);
});

describe('a published clip', () => {
  test('comes whole, with all that a player and a cache need', async () => {
    const id = await door.publish();
    const { status, headers, body } = await door.get(mediaPath(id, 'clip.mp4'));
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
  ] as const)('serves %s as %s', async ([file, contentType]) => {
    const { status, headers, body } = await door.get(mediaPath(await door.publish(), file));
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
  ] as const)('answers %s with exactly those bytes', async ([range, start, end]) => {
    const { status, headers, body } = await door.get(mediaPath(await door.publish(), 'clip.mp4'), {
      headers: { range },
    });
    expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end}/1000`]);
    expect(headers['content-length']).toBe(String(end - start + 1));
    expect(body.equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  test.for(['bytes=0-1,5-6', 'bytes=9-1', 'lines=1-2', 'nonsense'])('answers %s whole', async range => {
    const { status, headers, body } = await door.get(mediaPath(await door.publish(), 'clip.mp4'), {
      headers: { range },
    });
    expect([status, headers['content-range'], body.length]).toEqual([200, undefined, 1000]);
  });

  test.for(['bytes=1000-', 'bytes=-0'])('answers %s with 416 and its size', async range => {
    const { status, headers, body } = await door.get(mediaPath(await door.publish(), 'clip.mp4'), {
      headers: { range },
    });
    expect([status, headers['content-range'], body.length]).toEqual([416, 'bytes */1000', 0]);
  });

  test('has an answer without a body to HEAD, whatever the range', async () => {
    const path = mediaPath(await door.publish(), 'clip.mp4');
    const whole = await door.get(path);
    const head = await door.get(path, { method: 'HEAD', headers: { range: 'bytes=0-1' } });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { date: _, ...headers } = head.headers;
    expect(whole.headers).toMatchObject(headers);
  });

  test('is cut only while it is what If-Range says', async () => {
    const path = mediaPath(await door.publish(), 'clip.mp4');
    const { etag = '' } = (await door.get(path)).headers;
    const cut = async (ifRange: string) =>
      (await door.get(path, { headers: { range: 'bytes=0-1', 'if-range': ifRange } })).status;
    expect(await cut(etag)).toBe(206);
    expect(await cut(LAST_MODIFIED)).toBe(206);
    expect(await cut(`W/${etag}`)).toBe(200);
    expect(await cut('"another"')).toBe(200);
    expect(await cut('Fri, 01 May 2026 10:00:01 GMT')).toBe(200);
  });

  test('is not sent again to whoever has it, and not at all to whoever wants another', async () => {
    const path = mediaPath(await door.publish(), 'clip.mp4');
    const { etag = '' } = (await door.get(path)).headers;
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
      const { status, headers: sent, body } = await door.get(path, { headers });
      expect([headers, status]).toEqual([headers, expected]);
      if (status !== 304) continue;
      expect(body).toHaveLength(0);
      expect(sent).toMatchObject({ etag, 'cache-control': 'public, max-age=60' });
      expect(sent).not.toHaveProperty('content-type');
    }
  });

  test('has another ETag once its bytes are others', async () => {
    const id = await door.publish();
    const before = (await door.get(mediaPath(id, 'clip.mp4'))).headers.etag;
    await door.storage.write(`processed/${id}-1.mp4`, Readable.from([Buffer.from('new')]), { maxBytes: 3 });
    expect((await door.get(mediaPath(id, 'clip.mp4'))).headers.etag).not.toBe(before);
  });

  test.for(['POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 405 and what is allowed', async method => {
    const { status, headers } = await door.get(mediaPath(await door.publish(), 'clip.mp4'), { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('lets the page of any origin ask for ranges', async () => {
    const { status, headers } = await door.get(mediaPath(await door.publish(), 'clip.mp4'), {
      method: 'OPTIONS',
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('range'),
    });
  });

  test('of no bytes is empty, not an error', async () => {
    const path = mediaPath(await door.publish({}, Buffer.alloc(0)), 'clip.mp4');
    const { status, headers, body } = await door.get(path);
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    expect((await door.get(path, { headers: { range: 'bytes=0-' } })).status).toBe(416);
  });
});
