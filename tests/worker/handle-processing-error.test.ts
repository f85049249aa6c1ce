import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';
import { loadEnv } from '../../src/platform/config/env.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { Video } from '../../src/videos/video.entity.ts';
import type { WorkerContext } from '../../worker/context.ts';
import { UNCONFINED } from '../../worker/ffmpeg/sandbox.ts';
import { createWorkerMetrics } from '../../worker/observability/worker-metrics.ts';
import { handleProcessingError } from '../../worker/processing/handle-processing-error.ts';
import { DiskFull } from '../../worker/processing/infrastructure-errors.ts';
import { type ContestWorld, openContestWorld } from '../kit/api/contest-world.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { findVideoRow, insertVideo, toRowId } from '../kit/contest/videos.ts';

const { media, processing, worker } = loadEnv({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/unused',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: 'unused',
  RETRY_SECONDS: '10',
});

let world: ContestWorld;
let player: { id: string };
beforeAll(async () => {
  world = await openContestWorld();
  const [playerId = ''] = await insertPlayers(world.database, 1);
  player = { id: encodeId('Player', playerId) };
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Settles a failure of that attempt, of `attemptLimit`; the outcome, the delays that were asked for, and the row. */
async function settle(error: Error, { attempt, attemptLimit }: { attempt: number; attemptLimit: number }) {
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
      counts: async () => null,
      close: async () => undefined,
    },
    bumpers: async () => ({ openingPath: '', closingPath: '', watermarkPath: '', headerHash: '' }),
    sandbox: UNCONFINED,
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
  'what failed in attempt $attempt is tried again after $delaySeconds s',
  async ({ attempt, delaySeconds }) => {
    const { outcome, delays, row } = await settle(new Error('odd'), { attempt, attemptLimit: 30 });
    expect(outcome).toBe('RETRIED');
    expect(delays).toEqual([delaySeconds]);
    expect(row).toMatchObject({ status: 'PROCESSING', phase: 'QUEUED', attemptLimit: 30 });
  },
);

test('the last attempt is the end', async () => {
  const { outcome, delays, row } = await settle(new Error('odd'), { attempt: 3, attemptLimit: 3 });
  expect(outcome).toBe('INTERNAL');
  expect(delays).toEqual([]);
  expect(row).toMatchObject({ status: 'FAILED', failureReason: 'INTERNAL' });
});

test('a full disk costs no attempt, not even the last', async () => {
  const { outcome, delays, row } = await settle(new DiskFull(), { attempt: 3, attemptLimit: 3 });
  expect(outcome).toBe('RETRIED');
  expect(delays).toEqual([40]);
  expect(row).toMatchObject({ status: 'PROCESSING', phase: 'QUEUED', attemptLimit: 4 });
});
