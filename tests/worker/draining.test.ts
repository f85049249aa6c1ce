import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import type { WorkerContext } from '../../worker/context.ts';
import { createWorkerMetrics } from '../../worker/observability/worker-metrics.ts';
import { processVideo } from '../../worker/process-video.ts';
import { openContestWorld } from '../kit/api/contest-world.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { findVideoRow, insertVideo, toRowId } from '../kit/contest/videos.ts';
import { lenientRules, renderTools } from '../kit/media/worker-media.ts';
import { backupDir } from '../kit/services/empty-system.ts';

/** A worker without a queue, and a video that waits for it. */
async function openWorker(storage: Partial<Storage> = {}) {
  const world = await openContestWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  const [playerId = ''] = await insertPlayers(world.database, 1);
  const video = await insertVideo(world.database, { id: encodeId('Player', playerId) });
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const { sandbox, bumpers } = await renderTools();
  const context: WorkerContext = {
    sandbox,
    bumpers: async () => bumpers,
    em: world.em,
    events: world.events,
    storage: { ...world.storage, ...storage },
    jobs: {
      enqueue: async () => true,
      isQueued: async () => true,
      counts: async () => null,
      close: async () => undefined,
    },
    settings: {
      media: lenientRules,
      processing: { maxAttempts: 3, maxWorkerDeaths: 2, retrySeconds: 1, leaseSeconds: 60 },
      renderTimeoutSeconds: 60,
    },
    tempDir: await backupDir(),
    metrics: createWorkerMetrics(new Registry()),
    lock: createSharedLock(),
    logger: createLogger({ level: 'silent' }, {}),
    draining: draining.signal,
    stopping: stopping.signal,
  };
  const row = async () => {
    const found = await findVideoRow(world, video);
    if (found === null) throw new Error('The video is gone');
    return found;
  };
  return { context, videoId: toRowId(video), row, draining, stopping };
}

test('a video whose store hangs is handed back when the worker must stop', async () => {
  const downloading = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  const { context, videoId, row, stopping } = await openWorker({
    download() {
      downloading.resolve();
      return never;
    },
    check: () => never,
  });
  const processed = processVideo(context, videoId);
  await downloading.promise;
  stopping.abort(new Error('The worker stops'));
  await processed;
  expect(await row()).toMatchObject({ status: 'PROCESSING', phase: 'QUEUED', attempt: 1, attemptLimit: 4 });
});

test('a video that still waits for room when the worker is to stop is left to others', async () => {
  const { context, videoId, row, draining } = await openWorker();
  const other = Promise.withResolvers<void>();
  const working = context.lock(true, () => other.promise);
  const processed = processVideo(context, videoId);
  draining.abort(new Error('The worker takes no more work'));
  other.resolve();
  await Promise.all([working, processed]);
  expect(await row()).toMatchObject({ status: 'UPLOADED', attempt: 0 });
});
