import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openEchoServer } from './echo-server.ts';
import { prepareClassicNginx } from './nginx-site.ts';
import { openNginx } from './open-nginx.ts';
import { sendRaw } from './raw-request.ts';

// The nginx of the classic AWS deployment (infra/classic), on the host of the API.
const openClassic = async (api: string) =>
  openNginx({ port: await anyFreePort(), apis: [api], uploadsDir: tmpdir() }, prepareClassicNginx);

test('nginx forwards public paths, and no path that the API could normalize to an internal one', async () => {
  await using api = await openEchoServer();
  await using nginx = await openClassic(api.url);
  for (const path of ['/graphql', '/media/id/clip.mp4?expires=1', '/exports/results.csv']) {
    expect([path, (await sendRaw(nginx, path)).status]).toEqual([path, 200]);
  }
  const forwarded = api.received.length;
  for (const path of [
    '/metrics',
    '//media/metrics',
    '/media/../metrics',
    '/media/%2e%2e/metrics',
    '/media/..%2fmetrics',
    '/media/\\..\\..\\metrics',
    '/media//metrics',
  ]) {
    expect([path, (await sendRaw(nginx, path)).status]).toEqual([path, 404]);
  }
  expect(api.received.length).toBe(forwarded);
});

test('nginx logs no signature of a link, also while the API is unavailable', async () => {
  await using nginx = await openClassic(`http://127.0.0.1:${await anyFreePort()}`);
  expect((await sendRaw(nginx, '/media/id/original?signature=hush')).status).toBe(502);
  const output = await nginx.output();
  expect(output).toContain('/media/id/original 502');
  expect(output).not.toContain('hush');
});
