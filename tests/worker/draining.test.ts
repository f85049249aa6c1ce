import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { createWorkerMetrics } from '../../worker/observability/worker-metrics.ts';
import { processVideo } from '../../worker/process-video.ts';
import type { WorkerContext } from '../../worker/worker-context.ts';
import { openTestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo } from '../kit/contest/videos.ts';
import { lenientRules, openRenderTools } from '../kit/media/worker-media.ts';
import { createBackupDir } from '../kit/services/empty-system.ts';

/** Creates a worker without a queue, and a queued video. */
async function createWorker(storage: Partial<Storage> = {}) {
  const world = await openTestEnvironment();
  onTestFinished(() => world[Symbol.asyncDispose]());
  const [playerId = ''] = await insertPlayers(world.database, 1);
  const video = await insertVideo(world.database, { id: encodeId('Player', playerId) });
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const { sandbox, bumpers } = await openRenderTools();
  const context: WorkerContext = {
    sandbox,
    bumpers: async () => bumpers,
    em: world.em,
    events: world.events,
    storage: { ...world.storage, ...storage },
    jobs: {
      enqueue: async () => true,
      isQueued: async () => true,
      countJobs: async () => null,
      close: async () => undefined,
    },
    settings: {
      media: lenientRules,
      processing: { maxAttempts: 3, maxWorkerDeaths: 2, retrySeconds: 1, leaseSeconds: 60 },
      renderTimeoutSeconds: 60,
    },
    tempDir: await createBackupDir(),
    metrics: createWorkerMetrics(new Registry()),
    lock: createSharedLock(),
    logger: createLogger({ level: 'silent' }, {}),
    draining: draining.signal,
    stopping: stopping.signal,
  };
  const readRow = async () => {
    const row = await findVideoRow(world, video);
    if (row === null) throw new Error('The video has no row');
    return row;
  };
  return { context, videoId: toRowId(video), readRow, draining, stopping };
}

test('a video is requeued when its store hangs and the worker must stop', async () => {
  const downloading = Promise.withResolvers<void>();
  const pending = new Promise<never>(() => undefined);
  const { context, videoId, readRow, stopping } = await createWorker({
    download() {
      downloading.resolve();
      return pending;
    },
    check: () => pending,
  });
  const processed = processVideo(context, videoId);
  await downloading.promise;
  stopping.abort(new Error('The worker stops'));
  await processed;
  expect(await readRow()).toMatchObject({
    status: 'PROCESSING',
    phase: 'QUEUED',
    attempt: 1,
    attemptLimit: 4,
  });
});

test('a video that waits for capacity stays queued when the worker drains', async () => {
  const { context, videoId, readRow, draining } = await createWorker();
  const otherVideo = Promise.withResolvers<void>();
  const working = context.lock(true, () => otherVideo.promise);
  const processed = processVideo(context, videoId);
  draining.abort(new Error('The worker takes no more work'));
  otherVideo.resolve();
  await Promise.all([working, processed]);
  expect(await readRow()).toMatchObject({ status: 'UPLOADED', attempt: 0 });
});
