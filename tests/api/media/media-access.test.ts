import { randomUUID } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { openMediaServer, type TestMediaServer } from '../../kit/api/media-server.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';

let server: TestMediaServer;
beforeAll(async () => {
  server = await openMediaServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.unexpectedErrors).toEqual([]);
});

describe('a file that is not public', () => {
  test('returns the same 404 for hidden, unfinished, missing and malformed paths', async () => {
    const hidden = await server.publish({ published: false });
    const unfinished = await server.publish({ clipKey: null });
    const gone = await server.publish({ clipKey: 'processed/gone.mp4' });
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
    const responses = new Set<string>();
    for (const path of paths) {
      const {
        status,
        headers: { date: _, ...headers },
        body,
      } = await server.get(path);
      responses.add(JSON.stringify([status, headers, body.toString()]));
    }
    expect([...responses]).toEqual([expect.stringMatching(/^\[404,.*"no-store"/)]);
  });

  test('is an original served to its signed link, as a download', async () => {
    const id = await server.publish({ published: false });
    const path = toMediaPath(id, 'original');
    const { status, headers, body } = await server.get(server.links.sign(path, 60));
    expect([status, body.toString()]).toEqual([200, 'original']);
    expect(headers).toMatchObject({
      'cache-control': 'private, no-store',
      'content-disposition': `attachment; filename="${id}.mov"`,
      'content-type': 'video/quicktime',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(
      (await server.get(server.links.sign(path, 60), { headers: { range: 'bytes=-3' } })).body.toString(),
    ).toBe('nal');
  });

  test('is an original that returns 403 for a missing, expired or foreign signature', async () => {
    const path = toMediaPath(await server.publish(), 'original');
    const other = server.links.sign(toMediaPath(await server.publish(), 'original'), 60);
    const urls = [
      path,
      server.links.sign(path, -1),
      `${path}?${other.split('?')[1]}`,
      `${server.links.sign(path, 60)}x`,
    ];
    for (const url of urls) expect((await server.get(url)).status).toBe(403);
    expect((await server.get(server.links.sign(toMediaPath(randomUUID(), 'original'), 60))).status).toBe(404);
  });
});

describe('a client that disconnects', () => {
  test('releases the file immediately, before and during the transfer', async () => {
    const path = toMediaPath(await server.publish({}, Buffer.alloc(20 * 1024 ** 2)), 'clip.mp4');
    const openFiles = async () => {
      const descriptors = await readdir('/proc/self/fd');
      const targets = await Promise.all(
        descriptors.map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return targets.filter(target => target.startsWith(server.folder)).length;
    };
    const responses = await Promise.all(Array.from({ length: 20 }, () => server.open(path)));
    expect(await openFiles()).toBe(20);
    for (const response of responses) response.destroy();
    for (let index = 0; index < 20; index++) {
      const sent = request({ ...server.address, path });
      sent.on('error', () => sent.destroy());
      sent.end(() => sent.destroy());
    }
    await waitForCondition(async () => (await openFiles()) === 0);
    expect((await server.get(path)).body).toHaveLength(20 * 1024 ** 2);
    expect(server.unexpectedErrors).toEqual([]);
  });
});
