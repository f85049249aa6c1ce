import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DCLinter } from 'dclint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadEnv, settings } from '../../src/env.ts';
import { withSettingFiles } from '../../src/setting-files.ts';
import { COMPOSE_FILES, type Compose, getService, ROOT, readCompose } from './read-compose.ts';

const run = promisify(execFile);
/** The time of a 4K60 HEVC source on one core. */
const SLOW_ENCODE_SECONDS = 80;
const LINTED = z.array(z.object({ filePath: z.string(), messages: z.array(z.unknown()) }));

let compose: Compose;
let secretsDir: string;
beforeAll(async () => {
  compose = await readCompose();
  secretsDir = await mkdtemp(join(tmpdir(), 'anb-secrets-'));
  await run(join(ROOT, 'deploy/create-secrets.sh'), [secretsDir]);
});
afterAll(() => rm(secretsDir, { recursive: true, force: true }));

const service = (name: string) => getService(compose, name);
const sortedKeys = (record: object) => Object.keys(record).toSorted();
const PRODUCT = ['api', 'worker', 'migrate'];

/** Returns the settings of a service, with the secrets of the script. */
function loadServiceEnv(name: string) {
  const environment = Object.entries(service(name).environment).map(([key, value]) => [
    key,
    value.replace('/run/secrets', secretsDir),
  ]);
  const image = { NODE_ENV: 'production', STORAGE_DIR: '/app/uploads' };
  return loadEnv(withSettingFiles({ ...image, ...Object.fromEntries(environment) }));
}

describe('docker-compose.yml', () => {
  test('is a valid Compose file, also with the stores alone', () => {
    // This project has another order of keys, and nginx listens on all addresses on purpose.
    const rules = {
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
      'no-quotes-in-volumes': 0,
      'no-unbound-port-interfaces': 0,
      'require-project-name-field': 0,
    } as const;
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    const results = LINTED.parse(linter.lintFiles(COMPOSE_FILES, false));
    expect(results.map(({ filePath }) => filePath)).toEqual(COMPOSE_FILES);
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
  });

  test('publishes port 80 of nginx and no other port', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports }]) =>
      ports.map(port => [name, port]),
    );
    expect(published).toEqual([['nginx', '80:8080']]);
  });

  test('keeps the stores and the worker in an internal network without nginx', () => {
    const members = (network: string) =>
      sortedKeys(compose.services).filter(name => service(name).networks.includes(network));
    expect(sortedKeys(compose.networks)).toEqual(['data', 'edge']);
    expect(compose.networks.data?.internal).toBe(true);
    expect(members('edge')).toEqual(['api', 'nginx']);
    expect(members('data')).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
  });

  test('starts each service once its dependencies are healthy and the schema is migrated', () => {
    const dependencies = Object.fromEntries(
      sortedKeys(compose.services).map(name => [
        name,
        Object.fromEntries(
          Object.entries(service(name).depends_on).map(([on, { condition }]) => [on, condition]),
        ),
      ]),
    );
    const stores = { migrate: 'service_completed_successfully', redis: 'service_healthy' };
    expect(dependencies).toEqual({
      nginx: { api: 'service_healthy' },
      api: stores,
      worker: stores,
      migrate: { postgres: 'service_healthy' },
      postgres: {},
      redis: {},
    });
    for (const name of sortedKeys(compose.services).filter(name => name !== 'migrate')) {
      expect([name, service(name).healthcheck.test?.length ?? 0]).not.toEqual([name, 0]);
    }
  });

  test('runs two APIs, and no service as root', async () => {
    expect(service('api').deploy?.replicas).toBe(2);
    expect(await readFile(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/^USER 1000:1000$/m);
    for (const name of ['nginx', 'postgres', 'redis']) {
      expect([name, service(name).user]).toEqual([
        name,
        expect.stringMatching(/^(1000:1000|postgres|redis)$/),
      ]);
    }
  });

  test('allows longer to stop than the grace period, and a worker the time of a slow clip', () => {
    for (const name of ['api', 'worker']) {
      expect(service(name).stop_grace_period).toBeGreaterThan(loadServiceEnv(name).shutdownGraceSeconds);
    }
    expect(loadServiceEnv('worker').shutdownGraceSeconds).toBeGreaterThan(SLOW_ENCODE_SECONDS);
  });

  test('sets only known settings, to values that are valid in production', () => {
    for (const name of PRODUCT) {
      const unknown = sortedKeys(service(name).environment).filter(
        key => !Object.hasOwn(settings, key.replace(/_FILE$/, '')),
      );
      expect([name, unknown]).toEqual([name, []]);
      expect(loadServiceEnv(name)).toMatchObject({
        local: false,
        database: { url: expect.stringMatching(/^postgres:\/\/anb:\w{64}@postgres:5432\/anb$/) },
        redis: { url: expect.stringMatching(/^redis:\/\/:\w{64}@redis:6379$/) },
      });
    }
  });

  test('configures Redis with persistence, a password and no eviction, so that no job is lost', () => {
    const command = service('redis').command?.join(' ');
    expect(command).toBe(
      'redis-server /run/secrets/redis-password --appendonly yes --maxmemory-policy noeviction',
    );
  });

  test('starts commands that exist in the image', async () => {
    const commands = await readdir(join(ROOT, 'deploy/image'));
    expect(commands.toSorted()).toEqual(PRODUCT.toSorted());
    for (const name of commands) {
      expect(service(name).command).toEqual([name]);
      const script = await readFile(join(ROOT, 'deploy/image', name), 'utf8');
      const program = /^exec node \/app\/(\S+) "\$@"$/m.exec(script)?.[1] ?? '';
      expect((await stat(join(ROOT, program))).isFile()).toBe(true);
    }
  });
});

describe('secrets', () => {
  test('are created once, in a folder that only its owner can read', async () => {
    const files = Object.values(compose.secrets).map(({ file }) => basename(file));
    expect((await readdir(secretsDir)).toSorted()).toEqual(files.toSorted());
    expect((await stat(secretsDir)).mode & 0o777).toBe(0o700);
    const read = () => Promise.all(files.map(name => readFile(join(secretsDir, name), 'utf8')));
    const before = await read();
    await run(join(ROOT, 'deploy/create-secrets.sh'), [secretsDir]);
    expect(await read()).toEqual(before);
    expect(new Set(before).size).toBe(files.length);
  });

  test('are mounted only in the services that use them', () => {
    const mounted = Object.fromEntries(
      sortedKeys(compose.services).map(name => [name, service(name).secrets]),
    );
    const product = ['auth-secret', 'database-url', 'redis-url'];
    expect(mounted).toEqual({
      ...{ nginx: [], api: product, worker: product, migrate: product },
      ...{ postgres: ['postgres-password'], redis: ['redis-password'] },
    });
  });
});
