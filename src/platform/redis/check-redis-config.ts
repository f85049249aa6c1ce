import { type Redis, ReplyError } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { StartupError } from '../process/startup-error.ts';
import { firstConnection } from './redis.ts';

/** What a Redis says of itself; null where it does not. */
interface RedisSetup {
  evictionPolicy: string | null;
  appendsToFile: boolean | null;
  takesSnapshots: boolean | null;
}

/** How the Redis that the process is connected to falls short; a sentence each, none while it is away. */
export interface RedisConfigCheck {
  readonly faults: readonly string[];
}

/**
 * Looks at the settings of Redis now and whenever it is connected again, as another one may answer by then. A Redis that
 * is away for the first `waitMilliseconds` keeps nobody from starting: once it comes, its faults are logged as errors.
 *
 * @throws {StartupError} when it is there and evicts what it holds or, where it has to be `persistent`, keeps nothing on
 * disk: jobs and boards would be lost, again and again.
 */
export async function checkRedisConfig(
  redis: Redis,
  options: { persistent: boolean; waitMilliseconds: number; logger: Logger },
): Promise<RedisConfigCheck> {
  const { persistent, waitMilliseconds, logger } = options;
  const guard: { faults: readonly string[] } = { faults: [] };
  const inspect = async () => {
    try {
      guard.faults = findFaults(await readSetup(redis, persistent, logger), persistent);
    } catch (error) {
      logger.warn({ err: error }, 'redis was gone before it could be inspected');
    }
  };
  await firstConnection(redis, waitMilliseconds);
  if (redis.status === 'ready') await inspect();
  if (guard.faults.length > 0) throw new StartupError(guard.faults.join('; '));

  redis.on('close', () => {
    guard.faults = [];
  });
  redis.on('ready', async () => {
    await inspect();
    for (const fault of guard.faults) logger.error(fault);
  });
  return guard;
}

function findFaults(setup: RedisSetup, persistent: boolean): string[] {
  const faults: string[] = [];
  if (setup.evictionPolicy !== null && setup.evictionPolicy !== 'noeviction') {
    faults.push(`Redis evicts: its maxmemory-policy is ${setup.evictionPolicy} and must be noeviction`);
  }
  if (persistent && setup.appendsToFile === false && setup.takesSnapshots === false) {
    faults.push('Redis keeps nothing on disk: it needs "appendonly yes", or "save" points at the least');
  }
  return faults;
}

/** By CONFIG; where that is forbidden, as managed services have it, by INFO, which does not tell of snapshots. */
async function readSetup(redis: Redis, persistent: boolean, logger: Logger): Promise<RedisSetup> {
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
    const setup = await readInfo(redis);
    const unknown = [
      ...(setup.evictionPolicy === null ? ['whether it evicts'] : []),
      ...(persistent && !setup.appendsToFile ? ['whether it takes snapshots'] : []),
    ];
    const doubt = unknown.length > 0 ? `; it can't be told ${unknown.join(' and ')}` : '';
    logger[doubt ? 'warn' : 'info'](`redis forbids CONFIG and is judged by INFO${doubt}`);
    return setup;
  }
}

async function readConfig(redis: Redis, name: string): Promise<string | undefined> {
  const [, value] = z.array(z.string()).parse(await redis.config('GET', name));
  return value;
}

async function readInfo(redis: Redis): Promise<RedisSetup> {
  const text = await redis.info().catch(error => {
    if (!(error instanceof ReplyError)) throw error;
    return '';
  });
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
  const appends = field('aof_enabled');
  return {
    evictionPolicy: field('maxmemory_policy') ?? null,
    appendsToFile: appends === undefined ? null : appends === '1',
    takesSnapshots: null,
  };
}
