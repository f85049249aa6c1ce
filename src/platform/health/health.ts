import type { ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import { withTimeout } from '../concurrency/with-timeout.ts';
import type { Database } from '../database/database.ts';
import { pingRedis } from '../redis/redis.ts';
import type { Storage } from '../storage/storage.ts';

const CHECK_MILLISECONDS = 2000;

/** The services that every process depends on. */
export interface Dependencies {
  database: Database;
  redis: Redis;
  storage: Pick<Storage, 'check'>;
}

/** Returns the current availability of each dependency, within two seconds. */
export async function checkDependencies(deps: Dependencies) {
  const [database, redis, storage] = await Promise.all([
    orFallback(
      deps.database.em
        .fork()
        .execute('select 1')
        .then(() => true),
      false,
    ),
    pingRedis(deps.redis, CHECK_MILLISECONDS),
    orFallback(deps.storage.check(), { original: false, processed: false, temp: false }),
  ]);
  return { database, redis, storage };
}

/** Returns the result of `check`, or `fallback` when the check fails or times out. */
async function orFallback<Result>(check: Promise<Result>, fallback: Result): Promise<Result> {
  try {
    return await withTimeout(check, CHECK_MILLISECONDS);
  } catch {
    // A failed check means unavailable; the callers of the dependency log the cause.
    return fallback;
  }
}

/** Sends a JSON response that must not be cached. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
