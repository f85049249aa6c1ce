import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, publishVideo } from '../../kit/contest/videos.ts';
import { type NginxSystem, openNginxSystem } from './nginx-system.ts';
import { openNginx } from './open-nginx.ts';
import { postQuery, sendRaw } from './raw-request.ts';

let system: NginxSystem;
let owner: TestUser;
let videoId: string;
beforeAll(async () => {
  system = await openNginxSystem();
  owner = await createUser(system.app);
  videoId = await publishVideo(system.app.database, owner);
  for (const key of ['clipKey', 'originalKey'] as const) {
    const file = join(system.app.storageDir, (await findVideoRow(system.app, videoId))?.[key] ?? '');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, key);
  }
});
afterAll(() => system?.[Symbol.asyncDispose]());

const OPERATIONAL_DATA = /anb_|process_cpu|"database"/;

describe('an operational endpoint', () => {
  test.for([
    '/metrics',
    '/metrics?x',
    '/ready',
    '/health/detailed',
    '//metrics',
    '/./metrics',
    '/graphql/../metrics',
    '/%6detrics',
    '/media/../metrics',
    '/media/%2e%2e/metrics',
    '/media/..%2fmetrics',
    // A URL parser reads these as another host or a parent folder.
    '//media/metrics',
    '/media/\\..\\..\\metrics',
    '/media/\\../../ready',
  ])('returns 404 to other networks: %s', async path => {
    const { status, body } = await sendRaw(system.nginx, path);
    expect([status, body.toString()]).toEqual([404, '{"error":"Not found"}']);
  });

  test('serves the operations network', async () => {
    await using nginx = await openNginx({
      port: await anyFreePort(),
      apis: system.apis.map(({ url }) => url),
      uploadsDir: system.app.storageDir,
      operationsNetwork: ['127.0.0.0/8'],
    });
    for (const path of ['/metrics', '/ready']) {
      const { status, body } = await sendRaw(nginx, path);
      expect(status).toBe(200);
      expect(body.toString()).toMatch(OPERATIONAL_DATA);
    }
  });

  test('shows a load balancer only that an API responds: /health', async () => {
    const { status, body } = await sendRaw(system.nginx, '/health');
    expect([status, body.toString()]).toEqual([200, '{"status":"ok"}']);
  });
});

describe('an original', () => {
  const ORIGINAL = z.object({ video: z.object({ originalUrl: z.string().nullable() }) });
  const readOriginalUrl = async (player: TestUser) => {
    const response = await system.client.graphql(
      'query ($id: ID!) { video(id: $id) { originalUrl } }',
      { id: videoId },
      { token: player.token },
    );
    return ORIGINAL.parse(response.data).video.originalUrl;
  };

  test('is sent to its owner through a signed link that only the owner receives', async () => {
    const link = new URL((await readOriginalUrl(owner)) ?? '');
    const { status, headers, body } = await sendRaw(system.nginx, link.pathname + link.search);
    expect([status, body.toString()]).toEqual([200, 'originalKey']);
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="[\da-f-]+\.mp4"$/);
    expect(await readOriginalUrl(await createUser(system.app))).toBeNull();
  });

  test('is not sent without a valid signature, under any path', async () => {
    const link = new URL((await readOriginalUrl(owner)) ?? '');
    const key = (await findVideoRow(system.app, videoId))?.originalKey ?? '';
    const path = toMediaPath(toRowId(videoId), 'original');
    const attempts = [
      path,
      `${path}?expires=9999999999&signature=${link.searchParams.get('signature')}`,
      `/stored/${key}`,
      `/%73tored/${key}`,
      `//stored/${key}`,
      `/media/../stored/${key}`,
      `/media/%2e%2e/stored/${key}`,
      `/media/\\..\\..\\stored/${key}`,
      `/media/${key}`,
      `/stored/processed/../${key}`,
      `/${key}`,
    ];
    for (const attempt of attempts) {
      const { status, body } = await sendRaw(system.nginx, attempt, {
        headers: { 'x-accel-redirect': `/stored/${key}` },
      });
      expect([attempt, status]).toEqual([attempt, attempt.startsWith(path) ? 403 : 404]);
      expect(body.toString()).not.toContain('originalKey');
    }
  });
});

describe('every response', () => {
  test('has a request id and each security header once, from nginx and from the API', async () => {
    const responses = {
      api: await postQuery(system.nginx, '{ __typename }'),
      file: await sendRaw(system.nginx, toMediaPath(toRowId(videoId), 'clip.mp4')),
      nothing: await sendRaw(system.nginx, '/nothing'),
      tooLarge: await sendRaw(system.nginx, '/graphql', {
        method: 'POST',
        headers: { 'content-length': 102 * 1024 ** 2 },
      }),
    };
    const statuses = Object.values(responses).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 404, 413]);
    for (const [source, { rawHeaders }] of Object.entries(responses)) {
      const names = rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase());
      for (const name of [
        'cache-control',
        'content-security-policy',
        'cross-origin-resource-policy',
        'referrer-policy',
        'x-content-type-options',
        'x-frame-options',
        'x-request-id',
      ]) {
        expect([source, name, names.filter(each => each === name).length]).toEqual([source, name, 1]);
      }
    }
  });

  test('is logged as a line of JSON without secrets', async () => {
    const link = '/media/0198c1de-0000-7000-8000-000000000001/original?expires=9999999999&signature=hush';
    const { headers } = await sendRaw(system.nginx, link);
    const [line] = await system.nginx.findLogLines(({ requestId }) => requestId === headers['x-request-id']);
    expect(line).toMatchObject({ method: 'GET', path: link.split('?')[0], status: '403', apiStatus: '403' });
    expect(await system.nginx.output()).not.toContain('hush');
  });
});
