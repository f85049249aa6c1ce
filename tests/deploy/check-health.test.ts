import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CHECK = join(import.meta.dirname, '../../scripts/operate/check-health.ts');
const check = (...paths: string[]) =>
  promisify(execFile)(process.execPath, [CHECK, ...paths.map(path => `${url}${path}`)]);

let url: string;
const server = createServer((request, response) => {
  response.statusCode = request.url === '/healthy' ? 200 : 503;
  response.end('{"database":false}');
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test('a container is healthy when one of its addresses returns 200', async () => {
  await expect(check('/unhealthy', '/healthy')).resolves.toMatchObject({ stderr: '' });
});

test('a container is unhealthy when no address returns 200, and prints the response', async () => {
  await expect(check('/unhealthy', '/unhealthy')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('/unhealthy responded with 503: {"database":false}'),
  });
});
