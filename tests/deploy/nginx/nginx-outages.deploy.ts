import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { createUser } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, publishVideo } from '../../kit/contest/videos.ts';
import { beginUpload } from './big-upload.ts';
import { type NginxSystem, openNginxSystem } from './nginx-system.ts';
import { postQuery, sendRaw } from './raw-request.ts';

// Sequential: each test leaves fewer APIs to the next.
let system: NginxSystem;
let clipPath: string;
beforeAll(async () => {
  system = await openNginxSystem({
    site: {
      // The same time as for retried requests: on a busy machine a running API takes seconds too.
      replacements: { 'proxy_read_timeout 60s': 'proxy_read_timeout 10s' },
    },
  });
  const player = await createUser(system.app);
  const videoId = await publishVideo(system.app.database, player);
  const file = join(system.app.storageDir, (await findVideoRow(system.app, videoId))?.clipKey ?? '');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'clip');
  clipPath = toMediaPath(toRowId(videoId), 'clip.mp4');
});
afterAll(() => system?.[Symbol.asyncDispose]());

const sendConcurrently = <Result>(count: number, send: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, send));

test('nginx retries safe requests of a hung API at another one, and no POST', async () => {
  const [hung] = system.apis;
  hung.kill('SIGSTOP');
  try {
    const [clips, posts] = await Promise.all([
      sendConcurrently(6, () => sendRaw(system.nginx, clipPath)),
      sendConcurrently(6, () => postQuery(system.nginx, '{ __typename }')),
    ]);
    expect(clips.map(({ status, body }) => [status, body.toString()])).toEqual(Array(6).fill([200, 'clip']));
    const timedOut = posts.filter(({ status }) => status === 504);
    expect(timedOut.length).toBeGreaterThan(0);
    expect(posts.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { headers, body } of timedOut) {
      expect(headers).not.toHaveProperty('retry-after');
      expect(JSON.parse(body.toString())).toMatchObject({
        errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }],
      });
    }
    const countApis = async (method: string, status: string, count: number) => {
      const isWanted = (line: { method: string; status: string }) =>
        line.method === method && line.status === status;
      const lines = await system.nginx.findLogLines(isWanted, count);
      return lines.map(({ api }) => api.split(', ').length);
    };
    expect(Math.max(...(await countApis('GET', '200', clips.length)))).toBe(2);
    expect(Math.max(...(await countApis('POST', '504', timedOut.length)))).toBe(1);
  } finally {
    hung.kill('SIGCONT');
  }
});

test('an API that receives SIGTERM stops without a failed request', async () => {
  const [stopping] = system.apis;
  let hasEnded = false;
  stopping.kill('SIGTERM');
  void stopping.ended.then(() => {
    hasEnded = true;
  });
  const statuses = new Set<number>();
  while (!hasEnded) {
    for (const { status } of await sendConcurrently(4, () => postQuery(system.nginx, '{ __typename }')))
      statuses.add(status);
  }
  expect([...statuses]).toEqual([200]);
});

test('one API serves everything: refused connections move to it, also mutations and uploads', async () => {
  const posts = await sendConcurrently(20, () => postQuery(system.nginx, 'mutation { __typename }'));
  expect(posts.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const player = await createUser(system.app);
  const uploads = await sendConcurrently(2, () => beginUpload(system.nginx, player, 2 * 1024 ** 2).finish());
  for (const upload of uploads) expect(upload).toMatchObject({ status: 200, __typename: 'Video' });
});

test('without an API a GraphQL client receives SERVICE_UNAVAILABLE and a delay', async () => {
  const [, last] = system.apis;
  last.kill('SIGKILL');
  await last.ended;
  const { status, headers, body } = await postQuery(system.nginx, '{ __typename }');
  expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', 'application/json']);
  expect(JSON.parse(body.toString())).toMatchObject({
    errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  });
});
