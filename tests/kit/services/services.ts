import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import * as databases from '../../../scripts/stack/databases.ts';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import * as redis from '../../../scripts/stack/redis.ts';

/** A database of one's own without rows, migrated unless `bare`. `drop` ends the connections that are left. */
export async function createDatabase({ bare = false } = {}): Promise<{ url: string; drop(): Promise<void> }> {
  const { adminUrl, template } = inject('services');
  const name = `test_${randomUUID()}`;
  await databases.createDatabase(adminUrl, name, ...(bare ? [] : [template]));
  const url = new URL(adminUrl);
  url.pathname = name;
  return { url: url.href, drop: () => databases.dropDatabase(adminUrl, name) };
}

/** A running Redis of one's own. */
export interface TestRedis {
  url: string;
  port: number;
  /** Stops it, keeping what it holds: an outage when `start` follows. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with the data it had. */
  start(): Promise<void>;
  /** Forgets what it kept on disk; stop it first. */
  wipe(): Promise<void>;
}

/** Starts a Redis that nobody else uses, in about 50 ms. Must be stopped. */
export async function startRedis(): Promise<TestRedis> {
  const { runDir, redisServer } = inject('services');
  const dir = await mkdtemp(join(runDir, 'redis-'));
  const settings = {
    program: redisServer,
    dir,
    port: await anyFreePort(),
    password: randomUUID(),
    logPath: join(dir, 'redis.log'),
    pidPath: join(dir, 'redis.service.pid'),
  };
  let running = await redis.startRedis(settings);
  return {
    url: running.url,
    port: settings.port,
    stop: () => running.stop(),
    async start() {
      running = await redis.startRedis(settings);
    },
    wipe: () => rm(join(dir, 'appendonlydir'), { recursive: true, force: true }),
  };
}
