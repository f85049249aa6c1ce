import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openEchoServer } from './echo-server.ts';
import { prepareClassicNginx } from './nginx-site.ts';
import { openNginx } from './open-nginx.ts';
import { askFor } from './raw-request.ts';

// The nginx of the classic shape on AWS (infra/classic), which has the API on its own host.
const openClassic = async (api: string) =>
  openNginx({ port: await anyFreePort(), apis: [api], uploadsDir: tmpdir() }, prepareClassicNginx);

test('passes on what strangers may ask for, and no path that the API may read differently', async () => {
  await using api = await openEchoServer();
  await using nginx = await openClassic(api.url);
  for (const path of ['/graphql', '/media/id/clip.mp4?expires=1', '/exports/results.csv']) {
    expect([path, (await askFor(nginx, path)).status]).toEqual([path, 200]);
  }
  const passedOn = api.seen.length;
  for (const path of [
    '/metrics',
    '//media/metrics',
    '/media/../metrics',
    '/media/%2e%2e/metrics',
    '/media/..%2fmetrics',
    '/media/\\..\\..\\metrics',
    '/media//metrics',
  ]) {
    expect([path, (await askFor(nginx, path)).status]).toEqual([path, 404]);
  }
  expect(api.seen.length).toBe(passedOn);
});

test('writes no signature of a link to its log, also when the API is away', async () => {
  await using nginx = await openClassic(`http://127.0.0.1:${await anyFreePort()}`);
  expect((await askFor(nginx, '/media/id/original?signature=hush')).status).toBe(502);
  const output = await nginx.output();
  expect(output).toContain('/media/id/original 502');
  expect(output).not.toContain('hush');
});
