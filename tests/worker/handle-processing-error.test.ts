import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { loadEnv } from '../../src/env.ts';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { NO_SANDBOX } from '../../worker/ffmpeg/sandbox.ts';
import { createWorkerMetrics } from '../../worker/observability/worker-metrics.ts';
import { handleProcessingError } from '../../worker/processing/handle-processing-error.ts';
import { DiskFull } from '../../worker/processing/infrastructure-errors.ts';
import type { WorkerContext } from '../../worker/worker-context.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo } from '../kit/contest/videos.ts';

const { media, processing, worker } = loadEnv({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/unused',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: 'unused',
  RETRY_SECONDS: '10',
});

let world: TestEnvironment;
let player: { id: string };
beforeAll(async () => {
  world = await openTestEnvironment();
  const [playerId = ''] = await insertPlayers(world.database, 1);
  player = { id: encodeId('Player', playerId) };
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Handles a failure in the given attempt. Returns the outcome, the delays of enqueued jobs and the row. */
async function handleFailure(
  error: Error,
  { attempt, attemptLimit }: { attempt: number; attemptLimit: number },
) {
  const videoId = await insertVideo(world.database, player, { status: 'PROCESSING' });
  const id = toRowId(videoId);
  await world.em.nativeUpdate(Video, id, { attempt, attemptLimit });
  const delays: unknown[] = [];
  const deps: WorkerContext = {
    ...{ em: world.em, events: world.events, storage: world.storage },
    jobs: {
      async enqueue(_job, options) {
        delays.push(options?.delaySeconds);
        return true;
      },
      isQueued: async () => false,
      countJobs: async () => null,
      close: async () => undefined,
    },
    bumpers: async () => ({ openingPath: '', closingPath: '', watermarkPath: '', headerHash: '' }),
    sandbox: NO_SANDBOX,
    settings: { media, processing, renderTimeoutSeconds: worker.renderTimeoutSeconds },
    tempDir: '',
    metrics: createWorkerMetrics(new Registry()),
    lock: createSharedLock(),
    logger: createLogger({ level: 'silent' }, { process: 'test' }),
    draining: new AbortController().signal,
    stopping: new AbortController().signal,
  };
  const originalKey = `original/${id}.mp4` as const;
  const claim = { videoId: id, attempt, attemptLimit, originalKey, requestId: null, traceparent: null };
  return {
    outcome: await handleProcessingError(deps, claim, error),
    delays,
    row: await findVideoRow(world, videoId),
  };
}

test.each([
  { attempt: 1, delaySeconds: 10 },
  { attempt: 2, delaySeconds: 20 },
  { attempt: 3, delaySeconds: 40 },
  { attempt: 20, delaySeconds: 300 },
])(
  'a video that failed in attempt $attempt is retried after $delaySeconds s',
  async ({ attempt, delaySeconds }) => {
    const { outcome, delays, row } = await handleFailure(new Error('unexpected'), {
      attempt,
      attemptLimit: 30,
    });
    expect(outcome).toBe('RETRIED');
    expect(delays).toEqual([delaySeconds]);
    expect(row).toMatchObject({ status: 'PROCESSING', phase: 'QUEUED', attemptLimit: 30 });
  },
);

test('a video that failed in its last attempt is not retried', async () => {
  const { outcome, delays, row } = await handleFailure(new Error('unexpected'), {
    attempt: 3,
    attemptLimit: 3,
  });
  expect(outcome).toBe('INTERNAL');
  expect(delays).toEqual([]);
  expect(row).toMatchObject({ status: 'FAILED', failureReason: 'INTERNAL' });
});

test('a full disk does not count as an attempt, even in the last one', async () => {
  const { outcome, delays, row } = await handleFailure(new DiskFull(), { attempt: 3, attemptLimit: 3 });
  expect(outcome).toBe('RETRIED');
  expect(delays).toEqual([40]);
  expect(row).toMatchObject({ status: 'PROCESSING', phase: 'QUEUED', attemptLimit: 4 });
});
