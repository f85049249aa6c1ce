import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { type MediaDoor, openMediaDoor } from '../../kit/api/media-server.ts';

let door: MediaDoor;
beforeAll(async () => {
  door = await openMediaDoor('/stored/');
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  expect(door.surprises).toEqual([]);
});

describe('behind an nginx that sends files', () => {
  test('a published clip is named to nginx with all that its answer has to say, and not sent', async () => {
    const id = await door.publish();
    const { status, headers, body } = await door.get(mediaPath(id, 'clip.mp4'), {
      headers: { range: 'bytes=0-9', 'if-none-match': '*' },
    });
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'x-accel-redirect': `/stored/processed/${id}-1.mp4`,
      'content-type': 'video/mp4',
      'cache-control': 'public, max-age=60',
      'access-control-allow-origin': '*',
    });
    // Of the file, so nginx has them; two of a kind would confuse a cache.
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('accept-ranges');
  });

  test('an original is named to nginx for its signed link only', async () => {
    const path = mediaPath(await door.publish(), 'original');
    const refused = await door.get(path);
    expect([refused.status, refused.headers['x-accel-redirect']]).toEqual([403, undefined]);

    const { headers } = await door.get(door.links.sign(path, 60));
    expect(headers['x-accel-redirect']).toMatch(/^\/stored\/original\/[\w-]+$/);
    expect(headers['cache-control']).toBe('private, no-store');
  });

  test('what is hidden, or gone from the store, is named to nobody', async () => {
    const hidden = await door.publish({ published: false });
    const lost = await door.publish({ clipKey: 'processed/lost-1.mp4' });
    for (const id of [hidden, lost]) {
      const { status, headers } = await door.get(mediaPath(id, 'clip.mp4'));
      expect([status, headers['x-accel-redirect']]).toEqual([404, undefined]);
    }
  });
});
