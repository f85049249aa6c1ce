import { randomUUID } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { type MediaDoor, openMediaDoor } from '../../kit/api/media-server.ts';
import { eventually } from '../../kit/api/multipart.ts';

let door: MediaDoor;
beforeAll(async () => {
  door = await openMediaDoor();
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  expect(door.surprises).toEqual([]);
});

describe('what is not public', () => {
  test('answers hidden, unfinished, missing and malformed alike', async () => {
    const hidden = await door.publish({ published: false });
    const unfinished = await door.publish({ clipKey: null });
    const gone = await door.publish({ clipKey: 'processed/gone.mp4' });
    const paths = [hidden, unfinished, gone, randomUUID(), 'x', '..%2f..', '%00', ''].map(
      id => `/media/${id}/clip.mp4`,
    );
    paths.push('/media/', `/media/${hidden}`, `/media/${hidden}/clip.mp4/`, `/media/${hidden}/toString`);
    for (const file of ['poster.jpg', 'preview.webp', 'storyboard.jpg', 'storyboard.vtt']) {
      paths.push(`/media/${hidden}/${file}`);
    }
    paths.push(
      `/media/${hidden.toUpperCase()}/clip.mp4`,
      `//media/${hidden}/clip.mp4`,
      `/media/${hidden}/clip.mp4%00`,
    );
    const answers = new Set<string>();
    for (const path of paths) {
      const {
        status,
        headers: { date: _, ...headers },
        body,
      } = await door.get(path);
      answers.add(JSON.stringify([status, headers, body.toString()]));
    }
    expect([...answers]).toEqual([expect.stringMatching(/^\[404,.*"no-store"/)]);
  });

  test('opens an original to its signed link only, and for downloading', async () => {
    const id = await door.publish({ published: false });
    const path = mediaPath(id, 'original');
    const { status, headers, body } = await door.get(door.links.sign(path, 60));
    expect([status, body.toString()]).toEqual([200, 'original']);
    expect(headers).toMatchObject({
      'cache-control': 'private, no-store',
      'content-disposition': `attachment; filename="${id}.mov"`,
      'content-type': 'video/quicktime',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(
      (await door.get(door.links.sign(path, 60), { headers: { range: 'bytes=-3' } })).body.toString(),
    ).toBe('nal');
  });

  test('refuses an original with no link, an expired one, or another video’s', async () => {
    const path = mediaPath(await door.publish(), 'original');
    const other = door.links.sign(mediaPath(await door.publish(), 'original'), 60);
    const urls = [
      path,
      door.links.sign(path, -1),
      `${path}?${other.split('?')[1]}`,
      `${door.links.sign(path, 60)}x`,
    ];
    for (const url of urls) expect((await door.get(url)).status).toBe(403);
    expect((await door.get(door.links.sign(mediaPath(randomUUID(), 'original'), 60))).status).toBe(404);
  });
});

describe('a client that leaves', () => {
  test('releases the file at once, whether it had begun to read or not', async () => {
    const path = mediaPath(await door.publish({}, Buffer.alloc(20 * 1024 ** 2)), 'clip.mp4');
    const openFiles = async () => {
      const descriptors = await readdir('/proc/self/fd');
      const targets = await Promise.all(
        descriptors.map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return targets.filter(target => target.startsWith(door.folder)).length;
    };
    const responses = await Promise.all(Array.from({ length: 20 }, () => door.open(path)));
    expect(await openFiles()).toBe(20);
    for (const response of responses) response.destroy();
    for (let index = 0; index < 20; index++) {
      const sent = request({ ...door.address, path });
      sent.on('error', () => sent.destroy());
      sent.end(() => sent.destroy());
    }
    await eventually(async () => (await openFiles()) === 0);
    expect((await door.get(path)).body).toHaveLength(20 * 1024 ** 2);
    expect(door.surprises).toEqual([]);
  });
});
