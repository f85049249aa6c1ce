import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import type { StorageSettings } from '../config/storage-settings.ts';
import { checkDependencies, type Dependencies } from '../health/health.ts';
import type { RedisConfigCheck } from '../redis/check-redis-config.ts';
import type { Logger } from './logger.ts';

interface ObservedDependencies extends Dependencies {
  redisConfig: RedisConfigCheck;
  /** Local folders on disks with limited space, by name. */
  folders: Record<string, string>;
  logger: Logger;
}

/** Returns the folder of a local store; no folders for a bucket. */
export const getStorageFolders = (storage: StorageSettings): Record<string, string> =>
  storage.kind === 'local' ? { storage: storage.dir } : {};

/**
 * Adds metrics of the dependencies, measured at each scrape. An unavailable dependency is 0; a failed
 * measurement has no series.
 */
export function observeDependencies(
  registry: Registry,
  { redisConfig, folders, logger, ...dependencies }: ObservedDependencies,
): void {
  const registers = [registry];
  new Gauge({
    name: 'anb_dependency_up',
    help: 'Availability of PostgreSQL, Redis and the storage: 1 available, 0 unavailable',
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
    help: 'Number of Redis settings that may cause the loss of jobs',
    registers,
    collect() {
      this.set(redisConfig.faults.length);
    },
  });
  const addDiskGauge = createDiskGauges(registry, { folders, logger });
  addDiskGauge(
    'anb_disk_size_bytes',
    'Size of the disk that contains a folder',
    ({ blocks, bsize }) => blocks * bsize,
  );
  addDiskGauge(
    'anb_disk_free_bytes',
    'Free space on the disk that contains a folder',
    ({ bavail, bsize }) => bavail * bsize,
  );
}

/** Returns a function that adds a gauge with one series for each folder. */
function createDiskGauges(
  registry: Registry,
  { folders, logger }: Pick<ObservedDependencies, 'folders' | 'logger'>,
) {
  return (name: string, help: string, measure: (disk: StatsFs) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['folder'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const [folder, path] of Object.entries(folders)) {
          try {
            this.set({ folder }, measure(await statfs(path)));
          } catch (error) {
            logger.warn({ err: error, folder }, 'disk usage measurement failed');
          }
        }
      },
    });
}
