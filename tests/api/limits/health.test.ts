import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const get = async (path: string) => {
  const response = await fetch(app.url + path, { signal: machineTimeout(5) });
  return {
    status: response.status,
    cache: response.headers.get('cache-control'),
    body: await response.json(),
  };
};

test('/health and /ready return 200 with Cache-Control: no-store', async () => {
  expect(await get('/health')).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } });
  expect(await get('/ready')).toMatchObject({
    status: 200,
    cache: 'no-store',
    body: { ready: true, draining: false, database: true, redis: true },
  });
});

test('/metrics counts operations without labels chosen by clients', async () => {
  await app.graphql('query Chosen { me { email } }');
  await app.graphql('{ nothing }');
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toMatch(/^process_cpu_seconds_total\{service="api"\}/m);
  expect(metrics).toMatch(/^graphql_yoga_http_duration_count\{.*service="api".*\} \d+$/m);
  expect(metrics).not.toContain('Chosen');
});

test('/ready returns 503 while a folder of the store is not writable', async () => {
  const original = join(app.storageDir, 'original');
  await rename(original, `${original}-moved`);
  const response = await get('/ready').finally(() => rename(`${original}-moved`, original));
  expect(response).toMatchObject({
    status: 503,
    body: { ready: false, storage: { original: false, processed: true, temp: true } },
  });
  expect((await get('/ready')).status).toBe(200);
});

test('/ready returns 200 and reports redis: false while Redis is unavailable', async () => {
  const response = await withoutRedis(app, () => get('/ready'));
  expect(response).toMatchObject({ status: 200, body: { ready: true, redis: false } });
  await waitForCondition(async () => (await get('/ready')).body.redis);
});
