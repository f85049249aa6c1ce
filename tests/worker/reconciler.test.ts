import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { createReconciler } from '../../worker/background/reconciler.ts';
import { createWorkerMetrics } from '../../worker/observability/worker-metrics.ts';
import { openTestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { insertVideo } from '../kit/contest/videos.ts';

test('a video whose last lease expired fails, but not right after a database outage', async () => {
  await using world = await openTestEnvironment();
  const [playerId = ''] = await insertPlayers(world.database, 1);
  let isDown = false;
  const reconcile = createReconciler({
    forkEm() {
      if (isDown) throw new Error('database unavailable');
      return world.em;
    },
    jobs: {
      enqueue: async () => true,
      isQueued: async () => true,
      countJobs: async () => null,
      close: async () => undefined,
    },
    events: world.events,
    maxWorkerDeaths: 2,
    logger: createLogger({ level: 'silent' }, {}),
    metrics: createWorkerMetrics(new Registry()),
  });
  await reconcile();
  isDown = true;
  await expect(reconcile()).rejects.toThrow('database unavailable');
  isDown = false;
  await insertVideo(
    world.database,
    { id: encodeId('Player', playerId) },
    { status: 'PROCESSING', leaseUntil: new Date(0) },
  );
  await world.em.execute('update videos set attempt = attempt_limit');
  const readStatuses = async () => (await world.em.findAll(Video)).map(video => video.status);
  await reconcile();
  expect(await readStatuses()).toEqual(['PROCESSING']);
  await reconcile();
  expect(await readStatuses()).toEqual(['FAILED']);
});
