// Shows in what rows, files, counters, boards and queue differ: npm run reconcile; -- --apply mends it as well.

import { parseArgs } from 'node:util';
import { findInconsistencies } from '../../src/consistency/find-inconsistencies.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openEventBus } from '../../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../../src/platform/queue/job-queue.ts';
import { firstConnection, openRedis } from '../../src/platform/redis/redis.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { runCommand } from './command.ts';

const REDIS_MILLISECONDS = 2000;

await runCommand(async ({ env, database }) => {
  const { apply } = parseArgs({ options: { apply: { type: 'boolean', default: false } } }).values;
  const logger = createLogger({ level: 'silent' }, {});
  const redis = openRedis(env.redis.url, 'command', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  await firstConnection(redis, REDIS_MILLISECONDS);
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  try {
    if (redis.status !== 'ready') throw new Error('Redis is away: boards and queue can not be compared.');
    const deps = {
      forkEm: () => database.em.fork(),
      storage: await openStorage(env.storage),
      jobs: openJobQueue(processVideoJob, redis, logger),
      events,
      leaderboard: openRedisLeaderboard(redis),
      maxWorkerDeaths: env.processing.maxWorkerDeaths,
    };
    let [found, mended] = [0, 0];
    for await (const { what, remedy, mend } of findInconsistencies(deps)) {
      found++;
      if (apply && mend) {
        await mend();
        mended++;
        console.log(`${what}. Done: ${remedy}.`);
      } else console.log(`${what}. ${mend ? '--apply would' : 'By hand'}: ${remedy}.`);
    }
    if (found > mended) process.exitCode = 1;
    if (found === 0) return 'Everything agrees.';
    return apply ? `${found} found, ${mended} mended.` : `${found} found; nothing was changed.`;
  } finally {
    events.close();
    for (const connection of [redis, subscriber]) connection.disconnect();
  }
});
