import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { type Fan, gatherOne, publishVideo } from '../../kit/contest/create-users.ts';
import { findVideoRow, toRowId } from '../../kit/contest/videos.ts';
import { type NginxWorld, openNginxWorld } from './nginx-world.ts';
import { openNginx } from './open-nginx.ts';
import { askFor, postQuery } from './raw-request.ts';

let world: NginxWorld;
let owner: Fan;
let videoId: string;
beforeAll(async () => {
  world = await openNginxWorld();
  owner = await gatherOne(world.app);
  videoId = await publishVideo(world.app.database, owner);
  for (const key of ['clipKey', 'originalKey'] as const) {
    const file = join(world.app.storageDir, (await findVideoRow(world.app, videoId))?.[key] ?? '');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, key);
  }
});
afterAll(() => world?.[Symbol.asyncDispose]());

const METRICS_OR_DETAILS = /anb_|process_cpu|"database"/;

describe('what tells of the inside', () => {
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
    // Another host or a parent folder to whom reads them as browsers read addresses.
    '//media/metrics',
    '/media/\\..\\..\\metrics',
    '/media/\\../../ready',
  ])('is not found by strangers under %s', async path => {
    const { status, body } = await askFor(world.nginx, path);
    expect([status, body.toString()]).toEqual([404, '{"error":"Not found"}']);
  });

  test('is found by the operations network', async () => {
    await using nginx = await openNginx({
      port: await anyFreePort(),
      apis: world.apis.map(({ url }) => url),
      uploadsDir: world.app.storageDir,
      operationsNetwork: ['127.0.0.0/8'],
    });
    for (const path of ['/metrics', '/ready']) {
      const { status, body } = await askFor(nginx, path);
      expect(status).toBe(200);
      expect(body.toString()).toMatch(METRICS_OR_DETAILS);
    }
  });

  test('is no more than that an API answers, for whoever balances in front', async () => {
    const { status, body } = await askFor(world.nginx, '/health');
    expect([status, body.toString()]).toEqual([200, '{"status":"ok"}']);
  });
});

describe('an original', () => {
  const ORIGINAL = z.object({ video: z.object({ originalUrl: z.string().nullable() }) });
  const linkFor = async (player: Fan) => {
    const answer = await world.client.graphql(
      'query ($id: ID!) { video(id: $id) { originalUrl } }',
      { id: videoId },
      { token: player.token },
    );
    return ORIGINAL.parse(answer.data).video.originalUrl;
  };

  test('is sent to its owner by the link that only the owner is given', async () => {
    const link = new URL((await linkFor(owner)) ?? '');
    const { status, headers, body } = await askFor(world.nginx, link.pathname + link.search);
    expect([status, body.toString()]).toEqual([200, 'originalKey']);
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="[\da-f-]+\.mp4"$/);
    expect(await linkFor(await gatherOne(world.app))).toBeNull();
  });

  test('is sent to nobody else, however it is asked for', async () => {
    const link = new URL((await linkFor(owner)) ?? '');
    const key = (await findVideoRow(world.app, videoId))?.originalKey ?? '';
    const path = mediaPath(toRowId(videoId), 'original');
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
      const { status, body } = await askFor(world.nginx, attempt, {
        headers: { 'x-accel-redirect': `/stored/${key}` },
      });
      expect([attempt, status]).toEqual([attempt, attempt.startsWith(path) ? 403 : 404]);
      expect(body.toString()).not.toContain('originalKey');
    }
  });
});

describe('every answer', () => {
  test('has an id and each security header once, whoever gives it', async () => {
    const answers = {
      api: await postQuery(world.nginx, '{ __typename }'),
      file: await askFor(world.nginx, mediaPath(toRowId(videoId), 'clip.mp4')),
      nothing: await askFor(world.nginx, '/nothing'),
      tooLarge: await askFor(world.nginx, '/graphql', {
        method: 'POST',
        headers: { 'content-length': 102 * 1024 ** 2 },
      }),
    };
    const statuses = Object.values(answers).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 404, 413]);
    for (const [who, { rawHeaders }] of Object.entries(answers)) {
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
        expect([who, name, names.filter(each => each === name).length]).toEqual([who, name, 1]);
      }
    }
  });

  test('is logged as a line of JSON that tells no secret', async () => {
    const link = '/media/0198c1de-0000-7000-8000-000000000001/original?expires=9999999999&signature=hush';
    const { headers } = await askFor(world.nginx, link);
    const line = (await world.nginx.accessLog()).find(
      ({ requestId }) => requestId === headers['x-request-id'],
    );
    expect(line).toMatchObject({ method: 'GET', path: link.split('?')[0], status: '403', apiStatus: '403' });
    expect(await world.nginx.output()).not.toContain('hush');
  });
});
