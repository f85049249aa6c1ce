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

/** What use cases work on, without the API around it. */
export interface ContestWorld extends LeaderboardSyncDeps, AsyncDisposable {
  database: Database;
  redis: Redis;
  storage: Storage;
  logger: Logger;
  /** A manager of its own each time it is read, as every operation has one. */
  readonly em: EntityManager;
}

/** A database, a Redis and a storage folder of one's own. */
export async function openContestWorld(): Promise<ContestWorld> {
  const [own, server] = await Promise.all([createDatabase(), startRedis()]);
  const database = await openModel({ database: { url: own.url, poolSize: 10 } });
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
      await own.drop();
    },
  };
}

/** Where a process was killed. */
export class Crash extends Error {
  override name = 'Crash';
}

/** The same, for a process that may die before or after each thing it does, as often as `dies` says. */
export function mortal(
  { forkEm, leaderboard, events }: LeaderboardSyncDeps,
  dies: () => boolean,
): LeaderboardSyncDeps {
  const risk = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (dies()) throw new Crash('before');
    const result = await work();
    if (dies()) throw new Crash('after');
    return result;
  };
  async function* risked<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      if (dies()) throw new Crash('between');
      yield row;
    }
  }
  const board: Leaderboard = {
    ...leaderboard,
    upsert: rows => risk(() => leaderboard.upsert(rows)),
    rebuild: rows => risk(() => leaderboard.rebuild(risked(rows))),
  };
  return {
    leaderboard: board,
    events,
    forkEm() {
      const em = forkEm();
      const execute = em.execute.bind(em);
      em.execute = ((...query: Parameters<typeof execute>) =>
        risk(() => execute(...query))) as typeof em.execute;
      return em;
    },
  };
}
