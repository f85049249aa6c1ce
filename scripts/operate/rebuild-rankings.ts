// Makes the leaderboard anew from the votes in Postgres; readers see the old one until it is whole: npm run rankings:rebuild

import { once } from 'node:events';
import { openRedisLeaderboard } from '../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { rebuildLeaderboard } from '../../src/rankings/sync-leaderboard.ts';
import { runCommand } from './command.ts';

await runCommand(async ({ env, database }) => {
  const redis = openRedis(env.redis.url, 'worker', createLogger({ level: 'silent' }, {}));
  try {
    // Rejects when Redis is away, as that is an error event; later on the work waits for a Redis that is slow.
    await once(redis, 'ready');
    const leaderboard = openRedisLeaderboard(redis);
    const players = await rebuildLeaderboard({ forkEm: () => database.em.fork(), leaderboard });
    if (players === null) throw new Error('Another process is rebuilding the rankings right now.');
    return `The rankings are rebuilt: ${players} players.`;
  } finally {
    redis.disconnect();
  }
});
