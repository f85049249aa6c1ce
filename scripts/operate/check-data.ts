// Prints the differences between rows, files, counters, leaderboard and queue, and repairs
// them with --repair:
//
//   npm run check:data [-- --repair]

import { parseArgs } from 'node:util';
import { findInconsistencies } from '../../src/consistency/find-inconsistencies.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openEventBus } from '../../src/platform/pubsub/event-bus.ts';
import { openJobQueue } from '../../src/platform/queue/job-queue.ts';
import { openRedis, waitForConnection } from '../../src/platform/redis/redis.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { runCommand } from './command.ts';

const REDIS_MILLISECONDS = 2000;

await runCommand(async ({ env, database }) => {
  const repairs = readRepairOption();
  const logger = createLogger({ level: 'silent' }, {});
  const redis = openRedis(env.redis.url, 'command', logger);
  const subscriber = openRedis(env.redis.url, 'subscriber', logger);
  await waitForConnection(redis, REDIS_MILLISECONDS);
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  try {
    if (redis.status !== 'ready') {
      throw new Error('Redis is unavailable: leaderboard and queue cannot be compared.');
    }
    const deps = {
      forkEm: () => database.em.fork(),
      storage: await openStorage(env.storage),
      jobs: openJobQueue(processVideoJob, redis, logger),
      events,
      leaderboard: openRedisLeaderboard(redis),
      maxWorkerDeaths: env.processing.maxWorkerDeaths,
    };
    let [found, repaired] = [0, 0];
    for await (const { problem, resolution, repair } of findInconsistencies(deps)) {
      found++;
      if (repairs && repair) {
        await repair();
        repaired++;
        console.log(`${problem}. Done: ${resolution}.`);
      } else console.log(`${problem}. ${repair ? '--repair would' : 'Manual repair needed'}: ${resolution}.`);
    }
    if (found > repaired) process.exitCode = 1;
    if (found === 0) return 'No differences found.';
    return repairs ? `${found} found, ${repaired} repaired.` : `${found} found; nothing was changed.`;
  } finally {
    events.close();
    for (const connection of [redis, subscriber]) connection.disconnect();
  }
});

/** Accepts the old name and the old flag for one release, and prints a warning on standard error for them. */
function readRepairOption(): boolean {
  const { repair, apply } = parseArgs({
    options: { repair: { type: 'boolean', default: false }, apply: { type: 'boolean', default: false } },
  }).values;
  if (apply || process.env.npm_lifecycle_event === 'reconcile') {
    console.error(
      'Deprecated: use npm run check:data (-- --repair) instead of npm run reconcile (-- --apply).',
    );
  }
  return repair || apply;
}
