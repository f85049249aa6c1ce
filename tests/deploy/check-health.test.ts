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
  response.statusCode = request.url === '/well' ? 200 : 503;
  response.end('{"database":false}');
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test('a container is healthy when one of the addresses says so', async () => {
  await expect(check('/ill', '/well')).resolves.toMatchObject({ stderr: '' });
});

test('a container is not healthy when none does, and the answer tells why', async () => {
  await expect(check('/ill', '/ill')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('/ill answered 503: {"database":false}'),
  });
});
