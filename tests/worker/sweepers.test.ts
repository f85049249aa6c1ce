import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/platform/observability/logger.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { startSweepers } from '../../worker/background/sweepers.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { createBackupDir } from '../kit/services/empty-system.ts';

async function openEnvironment(): Promise<TestEnvironment> {
  const world = await openTestEnvironment();
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
}

test('expired sessions are swept while the store is unavailable', async () => {
  const world = await openEnvironment();
  const [playerId] = await insertPlayers(world.database, 1);
  await world.em.execute(
    `insert into sessions (player_id, token_hash, expires_at) values (?, 'none', now() - interval '2 days')`,
    [playerId],
  );
  const storage: Storage = {
    ...world.storage,
    sweepTemp: () => Promise.reject(new Error('store unavailable')),
  };
  const sweepers = startSweepers({
    forkEm: world.forkEm,
    storage,
    tempDir: await createBackupDir(),
    draining: new AbortController().signal,
    logger: createLogger({ level: 'silent' }, {}),
  });
  await sweepers.stop();
  expect(await world.em.execute('select from sessions')).toEqual([]);
});

test('a sweep of the store stops when the worker drains', async () => {
  const world = await openEnvironment();
  for (let n = 0; n < 3; n++) {
    await world.storage.write(`original/${crypto.randomUUID()}.mp4`, Readable.from('x'), { maxBytes: 1 });
  }
  const stop = new AbortController();
  const storage: Storage = {
    ...world.storage,
    async remove(key) {
      await world.storage.remove(key);
      stop.abort();
    },
  };
  const sweep = () => sweepFiles({ em: world.em, storage }, { graceSeconds: -1, signal: stop.signal });
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 1 });
  expect(await sweep()).toEqual({ unfinished: 0, orphans: 0 });
  expect(await Array.fromAsync(world.storage.list('original'))).toHaveLength(2);
});
