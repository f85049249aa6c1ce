// Rebuilds the leaderboard from the votes in PostgreSQL: npm run rankings:rebuild
//
// Readers get the old leaderboard until the new one is complete.

import { once } from 'node:events';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { rebuildLeaderboard } from '../../src/rankings/sync-leaderboard.ts';
import { runCommand } from './command.ts';

await runCommand(async ({ env, database }) => {
  const redis = openRedis(env.redis.url, 'worker', createLogger({ level: 'silent' }, {}));
  try {
    // Rejects when Redis is unavailable, through the error event. Later commands wait for a slow Redis.
    await once(redis, 'ready');
    const leaderboard = openRedisLeaderboard(redis);
    const players = await rebuildLeaderboard({ forkEm: () => database.em.fork(), leaderboard });
    if (players === null) throw new Error('Another process is rebuilding the rankings.');
    return `The rankings are rebuilt: ${players} players.`;
  } finally {
    redis.disconnect();
  }
});
