import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { openModel } from '../../../src/model.ts';
import type { Database, EntityManager } from '../../../src/platform/database/database.ts';
import type { Leaderboard } from '../../../src/platform/leaderboard/leaderboard.ts';
import { openRedisLeaderboard } from '../../../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger, type Logger } from '../../../src/platform/observability/logger.ts';
import { openEventBus } from '../../../src/platform/pubsub/event-bus.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import type { Storage } from '../../../src/platform/storage/storage.ts';
import type { LeaderboardSyncDeps } from '../../../src/rankings/sync-leaderboard.ts';
import { createDatabase, startRedis } from '../services/services.ts';

/** The dependencies of use cases, without an API. */
export interface TestEnvironment extends LeaderboardSyncDeps, AsyncDisposable {
  database: Database;
  redis: Redis;
  storage: Storage;
  logger: Logger;
  /** A new fork at each read, as each operation has its own entity manager. */
  readonly em: EntityManager;
}

/** Opens a dedicated database, Redis and storage folder. Disposing closes and removes them. */
export async function openTestEnvironment(): Promise<TestEnvironment> {
  const [testDatabase, server] = await Promise.all([createDatabase(), startRedis()]);
  const database = await openModel({ database: { url: testDatabase.url, poolSize: 10 } });
  const [redis, subscriber] = [new Redis(server.url), new Redis(server.url)];
  const logger = createLogger({ level: 'silent' }, { process: 'test' });
  const events = openEventBus({ publisher: redis, subscriber }, logger);
  return {
    database,
    redis,
    events,
    logger,
    leaderboard: openRedisLeaderboard(redis),
    storage: await openLocalStorage(await mkdtemp(join(inject('services').runDir, 'storage-'))),
    forkEm: () => database.em.fork(),
    get em() {
      return database.em.fork();
    },
    async [Symbol.asyncDispose]() {
      events.close();
      redis.disconnect();
      subscriber.disconnect();
      await server.stop();
      await database.close(true);
      await testDatabase.drop();
    },
  };
}

/** Thrown where the simulated process is killed. */
export class InjectedCrash extends Error {
  override name = 'InjectedCrash';
}

/**
 * Wraps dependencies so that each operation throws {@link InjectedCrash} before or after it runs when
 * `crashes()` is true.
 */
export function createCrashingDeps(
  { forkEm, leaderboard, events }: LeaderboardSyncDeps,
  crashes: () => boolean,
): LeaderboardSyncDeps {
  const mayCrash = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (crashes()) throw new InjectedCrash('before');
    const result = await work();
    if (crashes()) throw new InjectedCrash('after');
    return result;
  };
  async function* mayCrashBetween<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      if (crashes()) throw new InjectedCrash('between');
      yield row;
    }
  }
  const board: Leaderboard = {
    ...leaderboard,
    upsert: rows => mayCrash(() => leaderboard.upsert(rows)),
    rebuild: rows => mayCrash(() => leaderboard.rebuild(mayCrashBetween(rows))),
  };
  return {
    leaderboard: board,
    events,
    forkEm() {
      const em = forkEm();
      const execute = em.execute.bind(em);
      em.execute = ((...query: Parameters<typeof execute>) =>
        mayCrash(() => execute(...query))) as typeof em.execute;
      return em;
    },
  };
}
