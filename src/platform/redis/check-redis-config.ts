import { type Redis, ReplyError } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { StartupError } from '../process/startup-error.ts';
import { waitForConnection } from './redis.ts';

/** Settings that a Redis reports; null for settings that it hides. */
interface ReportedConfig {
  evictionPolicy: string | null;
  appendsToFile: boolean | null;
  takesSnapshots: boolean | null;
}

/** The faults of the connected Redis, one sentence each; empty while Redis is disconnected. */
export interface RedisConfigCheck {
  readonly faults: readonly string[];
}

/**
 * Checks the configuration of Redis now and after each reconnection, which may reach another server. When
 * Redis is unavailable for the first `waitMilliseconds`, the process starts without the check. Later faults
 * are logged as errors.
 *
 * @throws {StartupError} when Redis evicts keys, or when a `persistent` Redis stores nothing on disk. Jobs
 * and leaderboards would be lost repeatedly.
 */
export async function checkRedisConfig(
  redis: Redis,
  options: { persistent: boolean; waitMilliseconds: number; logger: Logger },
): Promise<RedisConfigCheck> {
  const { persistent, waitMilliseconds, logger } = options;
  const check: { faults: readonly string[] } = { faults: [] };
  const inspect = async () => {
    try {
      check.faults = findFaults(await readReportedConfig(redis, persistent, logger), persistent);
    } catch (error) {
      logger.warn({ err: error }, 'redis configuration check failed');
    }
  };
  await waitForConnection(redis, waitMilliseconds);
  if (redis.status === 'ready') await inspect();
  if (check.faults.length > 0) throw new StartupError(check.faults.join('; '));

  redis.on('close', () => {
    check.faults = [];
  });
  redis.on('ready', async () => {
    await inspect();
    for (const fault of check.faults) logger.error(fault);
  });
  return check;
}

function findFaults(config: ReportedConfig, persistent: boolean): string[] {
  const faults: string[] = [];
  if (config.evictionPolicy !== null && config.evictionPolicy !== 'noeviction') {
    faults.push(`Redis evicts keys: maxmemory-policy is ${config.evictionPolicy} and must be noeviction`);
  }
  if (persistent && config.appendsToFile === false && config.takesSnapshots === false) {
    faults.push('Redis stores nothing on disk: set "appendonly yes" or at least "save"');
  }
  return faults;
}

/** Reads CONFIG. Managed services forbid CONFIG; then reads INFO, which does not report snapshots. */
async function readReportedConfig(
  redis: Redis,
  persistent: boolean,
  logger: Logger,
): Promise<ReportedConfig> {
  try {
    const [evictionPolicy, appendOnly, save] = await Promise.all(
      ['maxmemory-policy', 'appendonly', 'save'].map(name => readConfig(redis, name)),
    );
    return {
      evictionPolicy: evictionPolicy ?? null,
      appendsToFile: appendOnly === 'yes',
      takesSnapshots: save !== '',
    };
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    const config = await readInfo(redis);
    const unknown = [
      ...(config.evictionPolicy === null ? ['eviction policy'] : []),
      ...(persistent && !config.appendsToFile ? ['snapshots'] : []),
    ];
    if (unknown.length === 0) logger.info('redis forbids CONFIG, checked by INFO');
    else logger.warn({ unknown }, 'redis forbids CONFIG, checked by INFO in part');
    return config;
  }
}

async function readConfig(redis: Redis, name: string): Promise<string | undefined> {
  const [, value] = z.array(z.string()).parse(await redis.config('GET', name));
  return value;
}

async function readInfo(redis: Redis): Promise<ReportedConfig> {
  const text = await redis.info().catch(error => {
    if (!(error instanceof ReplyError)) throw error;
    return '';
  });
  const getField = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
  const appendOnly = getField('aof_enabled');
  return {
    evictionPolicy: getField('maxmemory_policy') ?? null,
    appendsToFile: appendOnly === undefined ? null : appendOnly === '1',
    takesSnapshots: null,
  };
}
