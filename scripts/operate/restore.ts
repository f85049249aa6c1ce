// Restores a backup into an empty database and store, and rebuilds the rankings: npm run restore -- FOLDER

import { resolve } from 'node:path';
import { restore } from '../../src/backup/restore.ts';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis, waitForConnection } from '../../src/platform/redis/redis.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import { rebuildLeaderboard } from '../../src/rankings/sync-leaderboard.ts';
import { runCommand } from './command.ts';

const REDIS_MILLISECONDS = 2000;

await runCommand(async ({ env, database }) => {
  const [folder, ...others] = process.argv.slice(2);
  if (!folder || others.length > 0) throw new Error('Usage: npm run restore -- FOLDER');
  const storage = await openStorage(env.storage);
  const { rows, files, deleted } = await restore(
    { database, storage, connection: env.database },
    resolve(folder),
  );
  const redis = openRedis(env.redis.url, 'command', createLogger({ level: 'silent' }, {}));
  try {
    await waitForConnection(redis, REDIS_MILLISECONDS);
    // Also over an existing leaderboard, which may show the contest before the loss.
    const isRedisReady = redis.status === 'ready';
    const deps = { forkEm: () => database.em.fork(), leaderboard: openRedisLeaderboard(redis) };
    if (isRedisReady) await rebuildLeaderboard(deps);
    return [
      `Restored and verified: ${rows} rows and ${files} files.`,
      ...(deleted > 0 ? [`${deleted} videos are left out, as they were deleted during the backup.`] : []),
      ...(isRedisReady ? [] : ['Redis is unavailable: run npm run rankings:rebuild once it is connected.']),
    ].join('\n');
  } finally {
    redis.disconnect();
  }
});
