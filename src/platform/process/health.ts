import type { ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import type { Database } from '../database/database.ts';
import { pingRedis } from '../redis/redis.ts';
import type { Storage } from '../storage/storage.ts';

const CHECK_MILLISECONDS = 2000;

/** What every process lives on. */
export interface Dependencies {
  database: Database;
  redis: Redis;
  storage: Pick<Storage, 'check'>;
}

/** Whether what the process lives on answers right now; each within two seconds. */
export async function checkDependencies(deps: Dependencies) {
  const [database, redis, storage] = await Promise.all([
    inTime(
      deps.database.em
        .fork()
        .execute('select 1')
        .then(() => true),
      false,
    ),
    pingRedis(deps.redis, CHECK_MILLISECONDS),
    inTime(deps.storage.check(), { original: false, processed: false, temp: false }),
  ]);
  return { database, redis, storage };
}

/** `answer`, or `otherwise` when it fails or is late. */
async function inTime<Answer>(answer: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  const { promise: late, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(resolve, CHECK_MILLISECONDS, otherwise);
  try {
    return await Promise.race([answer, late]);
  } catch {
    // The question was whether it works; an error is a no, and whoever uses it logs why.
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}

/** Answers with JSON that nobody may cache. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
