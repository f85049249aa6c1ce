import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { gatherOne, publishVideo } from '../../kit/contest/create-users.ts';
import { findVideoRow, toRowId } from '../../kit/contest/videos.ts';
import { beginUpload } from './big-upload.ts';
import { type NginxWorld, openNginxWorld } from './nginx-world.ts';
import { askFor, postQuery } from './raw-request.ts';

// One after the other, and in this order: each leaves fewer APIs to the next.
let world: NginxWorld;
let clipPath: string;
beforeAll(async () => {
  world = await openNginxWorld({
    site: {
      // As long as for what may be asked again: on a busy machine an API that lives takes seconds too.
      replacements: { 'proxy_read_timeout 60s': 'proxy_read_timeout 10s' },
    },
  });
  const player = await gatherOne(world.app);
  const videoId = await publishVideo(world.app.database, player);
  const file = join(world.app.storageDir, (await findVideoRow(world.app, videoId))?.clipKey ?? '');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'clip');
  clipPath = mediaPath(toRowId(videoId), 'clip.mp4');
});
afterAll(() => world?.[Symbol.asyncDispose]());

const together = <Answer>(count: number, ask: () => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, ask));

test('an API that hangs is left by what may be asked twice, and by nothing else', async () => {
  const [hung] = world.apis;
  hung.kill('SIGSTOP');
  try {
    const [clips, posts] = await Promise.all([
      together(6, () => askFor(world.nginx, clipPath)),
      together(6, () => postQuery(world.nginx, '{ __typename }')),
    ]);
    expect(clips.map(({ status, body }) => [status, body.toString()])).toEqual(Array(6).fill([200, 'clip']));
    const silent = posts.filter(({ status }) => status === 504);
    expect(silent.length).toBeGreaterThan(0);
    expect(posts.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { headers, body } of silent) {
      expect(headers).not.toHaveProperty('retry-after');
      expect(JSON.parse(body.toString())).toMatchObject({
        errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }],
      });
    }
  } finally {
    hung.kill('SIGCONT');
  }
  const log = await world.nginx.accessLog();
  const tries = (method: string, status: string) =>
    log
      .filter(line => line.method === method && line.status === status)
      .map(({ api }) => api.split(', ').length);
  expect(Math.max(...tries('GET', '200'))).toBe(2);
  expect(Math.max(...tries('POST', '504'))).toBe(1);
});

test('an API that is told to stop is left without a request that fails', async () => {
  const [stopping] = world.apis;
  let hasEnded = false;
  stopping.kill('SIGTERM');
  void stopping.ended.then(() => {
    hasEnded = true;
  });
  const statuses = new Set<number>();
  while (!hasEnded) {
    for (const { status } of await together(4, () => postQuery(world.nginx, '{ __typename }')))
      statuses.add(status);
  }
  expect([...statuses]).toEqual([200]);
});

test('one API is enough: what its dead neighbour refuses moves on, also a mutation and an upload', async () => {
  const posts = await together(20, () => postQuery(world.nginx, 'mutation { __typename }'));
  expect(posts.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const player = await gatherOne(world.app);
  const uploads = await together(2, () => beginUpload(world.nginx, player, 2 * 1024 ** 2).finish());
  for (const upload of uploads) expect(upload).toMatchObject({ status: 200, __typename: 'Video' });
});

test('without any API a GraphQL client is told so, and when to come back', async () => {
  const [, last] = world.apis;
  last.kill('SIGKILL');
  await last.ended;
  const { status, headers, body } = await postQuery(world.nginx, '{ __typename }');
  expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', 'application/json']);
  expect(JSON.parse(body.toString())).toMatchObject({
    errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  });
});
