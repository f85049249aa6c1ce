import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import * as databases from '../../../scripts/stack/databases.ts';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import * as redis from '../../../scripts/stack/redis.ts';

/**
 * Creates a dedicated database without rows, migrated unless `bare`. `drop` closes the remaining connections.
 */
export async function createDatabase({ bare = false } = {}): Promise<{ url: string; drop(): Promise<void> }> {
  const { adminUrl, template } = inject('services');
  const name = `test_${randomUUID()}`;
  await databases.createDatabase(adminUrl, name, ...(bare ? [] : [template]));
  const url = new URL(adminUrl);
  url.pathname = name;
  return { url: url.href, drop: () => databases.dropDatabase(adminUrl, name) };
}

/** A dedicated Redis server. */
export interface TestRedis {
  url: string;
  port: number;
  /** Stops the server and keeps its data on disk. Together with `start`, simulates an outage. */
  stop(): Promise<void>;
  /** Starts the server again on the same port with the same data. */
  start(): Promise<void>;
  /** Deletes the data on disk. Stop the server first. */
  wipe(): Promise<void>;
}

/** Starts a dedicated Redis in about 50 ms. The caller stops it. */
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
