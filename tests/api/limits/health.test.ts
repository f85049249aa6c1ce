import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { eventually } from '../../kit/api/multipart.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const ask = async (path: string) => {
  const response = await fetch(app.url + path, { signal: machineTimeout(5) });
  return {
    status: response.status,
    cache: response.headers.get('cache-control'),
    body: await response.json(),
  };
};

test('the API is alive and ready, and nobody may keep the answer', async () => {
  expect(await ask('/health')).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } });
  expect(await ask('/ready')).toMatchObject({
    status: 200,
    cache: 'no-store',
    body: { ready: true, draining: false, database: true, redis: true },
  });
});

test('it counts what it serves, under labels that no client chooses', async () => {
  await app.graphql('query Chosen { me { email } }');
  await app.graphql('{ nothing }');
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toMatch(/^process_cpu_seconds_total\{service="api"\}/m);
  expect(metrics).toMatch(/^graphql_yoga_http_duration_count\{.*service="api".*\} \d+$/m);
  expect(metrics).not.toContain('Chosen');
});

test('it is not ready while a folder of the store can not be written', async () => {
  const original = join(app.storageDir, 'original');
  await rename(original, `${original}-away`);
  const answer = await ask('/ready').finally(() => rename(`${original}-away`, original));
  expect(answer).toMatchObject({
    status: 503,
    body: { ready: false, storage: { original: false, processed: true, temp: true } },
  });
  expect((await ask('/ready')).status).toBe(200);
});

test('it stays in service without Redis, and says so', async () => {
  const answer = await withoutRedis(app, () => ask('/ready'));
  expect(answer).toMatchObject({ status: 200, body: { ready: true, redis: false } });
  await eventually(async () => (await ask('/ready')).body.redis);
});
