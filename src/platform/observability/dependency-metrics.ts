import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import type { StorageSettings } from '../config/storage-settings.ts';
import { checkDependencies, type Dependencies } from '../process/health.ts';
import type { RedisConfigCheck } from '../redis/check-redis-config.ts';
import type { Logger } from './logger.ts';

export interface ObservedDependencies extends Dependencies {
  redisGuard: RedisConfigCheck;
  /** Local folders whose disk may fill up, by a name for each. */
  folders: Record<string, string>;
  logger: Logger;
}

/** The store's own disk, where it is one of ours to fill. */
export const getStorageFolders = (storage: StorageSettings): Record<string, string> =>
  storage.kind === 'local' ? { storage: storage.dir } : {};

/** What the process lives on, looked at when it is scraped: who is away is 0, and what can't be measured has no series. */
export function observeDependencies(
  registry: Registry,
  { redisGuard, folders, logger, ...dependencies }: ObservedDependencies,
): void {
  const registers = [registry];
  new Gauge({
    name: 'anb_dependency_up',
    help: 'Whether PostgreSQL, Redis and the storage can be used',
    labelNames: ['dependency'],
    registers,
    async collect() {
      const { database, redis, storage } = await checkDependencies(dependencies);
      this.set({ dependency: 'database' }, Number(database));
      this.set({ dependency: 'redis' }, Number(redis));
      this.set({ dependency: 'storage' }, Number(Object.values(storage).every(Boolean)));
    },
  });
  new Gauge({
    name: 'anb_redis_faults',
    help: 'Settings of Redis under which it may lose jobs',
    registers,
    collect() {
      this.set(redisGuard.faults.length);
    },
  });
  const disk = (name: string, help: string, measure: (disk: StatsFs) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['folder'],
      registers,
      async collect() {
        this.reset();
        for (const [folder, path] of Object.entries(folders)) {
          try {
            this.set({ folder }, measure(await statfs(path)));
          } catch (error) {
            logger.warn({ err: error, folder }, 'not measured');
          }
        }
      },
    });
  disk('anb_disk_size_bytes', 'Size of the disk below a folder', ({ blocks, bsize }) => blocks * bsize);
  disk(
    'anb_disk_free_bytes',
    'What may still be written below a folder',
    ({ bavail, bsize }) => bavail * bsize,
  );
}
