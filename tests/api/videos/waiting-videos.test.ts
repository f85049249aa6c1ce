import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { EventBus } from '../../../src/platform/pubsub/event-bus.ts';
import { claimVideo } from '../../../src/videos/processing/claim-video.ts';
import { failVideo, recordProgress, releaseVideo } from '../../../src/videos/processing/record-processing.ts';
import { subscribeToVideo } from '../../../src/videos/processing/subscribe-to-video.ts';
import { createQueuePositions } from '../../../src/videos/queue/queue-positions.ts';
import { deregisterWorker, recordHeartbeat } from '../../../src/videos/queue/worker-registry.ts';
import type { Viewer } from '../../../src/videos/visibility.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { StatusEvent } from '../../kit/api/client.ts';
import { createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { openProcessingDeps } from '../../kit/contest/processing-deps.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo, readStatusEvent } from '../../kit/contest/videos.ts';

const WORKER = { workerId: crypto.randomUUID(), capacity: 2 };

let app: App;
let processing: Awaited<ReturnType<typeof openProcessingDeps>>;
let player: TestUser;
beforeAll(async () => {
  app = await startApp();
  processing = await openProcessingDeps(app);
  player = await createUser(app);
});
afterAll(async () => {
  await processing?.[Symbol.asyncDispose]();
  await app?.stop();
});
beforeEach(() => app.database.em.fork().execute('truncate videos, live_workers cascade'));

const upload = () => insertVideo(app.database, player);
const uploads = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await upload());
  return ids;
};
const claim = async (videoId: string | undefined, leaseSeconds = 60) => {
  const claimed = await claimVideo(processing, toRowId(videoId ?? ''), { leaseSeconds, maxWorkerDeaths: 2 });
  if (claimed === null) throw new Error('The video cannot be claimed');
  return claimed;
};
const next = async (events: AsyncGenerator<StatusEvent>): Promise<StatusEvent> => {
  const { value } = await events.next();
  if (value === undefined) throw new Error('The stream has ended');
  return value;
};
/** Inserts a published video whose processing took `seconds`. */
const publish = async (seconds: number) => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED' });
  await app.database.em
    .fork()
    .execute('update videos set started_at = processed_at - make_interval(secs => ?) where id = ?', [
      seconds,
      toRowId(videoId),
    ]);
};

test('a subscriber receives a new queue position without a change to its own video', async () => {
  const [first, second, third] = await uploads(3);
  const events = app.subscribeToVideo(third ?? '', player);
  const received = [await next(events)];
  expect(received[0]).toMatchObject({ status: 'UPLOADED', queuePosition: 2 });
  await claim(first);
  // A new subscriber receives the position immediately and does not affect existing subscribers.
  expect(await readStatusEvent(app, player, third ?? '', () => true)).toMatchObject({ queuePosition: 1 });
  received.push(await next(events));
  expect(received[1]).toMatchObject({ status: 'UPLOADED', phase: 'QUEUED', queuePosition: 1 });
  await app.database.em.fork().execute('delete from videos where id = ?', [toRowId(second ?? '')]);
  received.push(await next(events));
  expect(received[2]).toMatchObject({ queuePosition: 0 });
  // A subscriber of another process receives the same state, and a higher sequence for the next state.
  await using other = await startSecondApi(app);
  const elsewhere = await readStatusEvent(other, player, third ?? '', () => true);
  expect(elsewhere.sequence).toBeGreaterThanOrEqual(received[2]?.sequence ?? 0);
  await claim(third);
  received.push(await next(events));
  expect(received[3]).toMatchObject({ status: 'PROCESSING', queuePosition: null });
  expect(received[3]?.sequence).toBeGreaterThan(elsewhere.sequence);
  const sequences = received.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
  await events.return(undefined);
});

const silentBus: EventBus = {
  publish: () => Promise.resolve(),
  subscribe: () => Promise.resolve(() => undefined),
  close: () => undefined,
};

test('a subscriber receives a change that was not published', async () => {
  const videoId = await upload();
  await claim(videoId);
  const forkEm = () => app.database.em.fork();
  const queuePositions = createQueuePositions({ forkEm, logger: createLogger({ level: 'silent' }, {}) });
  const viewer: Viewer = { playerId: toRowId(player.id), role: 'PLAYER' };
  const deps = { forkEm, events: silentBus, queuePositions, leaseSeconds: 0.05 };
  const updates = subscribeToVideo(deps, viewer, toRowId(videoId));
  expect((await updates.next()).value).toMatchObject({ video: { status: 'PROCESSING' } });
  const end = `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null, sequence = sequence + 1`;
  await forkEm().execute(`${end} where id = ?`, [toRowId(videoId)]);
  expect((await updates.next()).value).toMatchObject({ video: { status: 'FAILED' } });
  expect(await updates.next()).toMatchObject({ done: true });
});

test('a subscriber whose queue position is unknown never receives an older sequence than other subscribers', async () => {
  const videoId = await upload();
  const forkEm = () => app.database.em.fork();
  await forkEm().execute(`update videos set queued_at = now() - interval '11 seconds'`);
  const others = await readStatusEvent(app, player, videoId, () => true);
  const queuePositions = createQueuePositions({
    forkEm: () => {
      throw new Error('The queue cannot be read');
    },
    logger: createLogger({ level: 'silent' }, {}),
  });
  const viewer: Viewer = { playerId: toRowId(player.id), role: 'PLAYER' };
  const deps = { forkEm, events: silentBus, queuePositions: queuePositions, leaseSeconds: 30 };
  const updates = subscribeToVideo(deps, viewer, toRowId(videoId));
  const { value } = await updates.next();
  await updates.return();
  expect(value).toMatchObject({ queuePosition: null, etaSeconds: null });
  expect(value?.sequence).toBeGreaterThanOrEqual(others.sequence);
  expect(others.sequence).toBeGreaterThanOrEqual(5);
});

test('etaSeconds is null without a worker or without a processed clip', async () => {
  const videoId = await upload();
  const events = app.subscribeToVideo(videoId, player);
  expect(await next(events)).toMatchObject({ queuePosition: 0, etaSeconds: null });
  await recordHeartbeat(processing.em, WORKER);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
  await publish(10);
  expect(await next(events)).toMatchObject({ queuePosition: 0, etaSeconds: 10 });
  await events.return(undefined);
  await deregisterWorker(processing.em, WORKER.workerId);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
});

test('etaSeconds ignores a worker without a heartbeat for 10 s', async () => {
  const videoId = await upload();
  await publish(10);
  await recordHeartbeat(processing.em, WORKER);
  await app.database.em.fork().execute(`update live_workers set seen_at = now() - interval '11 seconds'`);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
});

test('etaSeconds is computed from recent clips, running videos and the number of slots', async () => {
  await publish(10);
  await publish(30);
  await recordHeartbeat(processing.em, WORKER);
  const [first, second, third, fourth, fifth] = await uploads(5);
  const readEta = async (videoId: string | undefined) =>
    (await readStatusEvent(app, player, videoId ?? '', () => true)).etaSeconds;
  // Two slots and 20 s per video: the first two end in 20 s, the next two in 40 s.
  expect(await Promise.all([first, second, third, fourth, fifth].map(readEta))).toEqual([20, 20, 40, 40, 60]);
  const claimed = await claim(first);
  await recordProgress(processing, claimed, { phase: 'RENDERING', percent: 50, secondsLeft: 6 }, 60);
  // One slot is free and the other is free soon.
  expect(await readEta(second)).toBe(20);
  expect(await readEta(third)).toBeGreaterThanOrEqual(24);
  expect(await readEta(third)).toBeLessThanOrEqual(26);
  expect(await readEta(first)).toBeLessThanOrEqual(6);
});

test('a later attempt keeps the highest percentage and has its own etaSeconds', async () => {
  const videoId = await upload();
  const first = await claim(videoId, 0.2);
  const events = app.subscribeToVideo(videoId, player);
  expect(await next(events)).toMatchObject({ attempt: 1, percent: 0, etaSeconds: null });
  await recordProgress(processing, first, { phase: 'RENDERING', percent: 60, secondsLeft: 8 }, 60);
  expect(await next(events)).toMatchObject({ percent: 60, etaSeconds: 8 });
  await releaseVideo(processing, first, { delaySeconds: 0, counted: true });
  expect(await next(events)).toMatchObject({ phase: 'QUEUED', percent: 60, etaSeconds: null });
  const second = await claim(videoId);
  expect(await next(events)).toMatchObject({ attempt: 2, phase: 'INSPECTING', percent: 60 });
  await recordProgress(processing, second, { phase: 'RENDERING', percent: 20, secondsLeft: 16 }, 60);
  expect(await next(events)).toMatchObject({ attempt: 2, percent: 60, etaSeconds: 16 });
  await recordProgress(processing, second, { phase: 'RENDERING', percent: 61, secondsLeft: 7 }, 60);
  expect(await next(events)).toMatchObject({ percent: 61, etaSeconds: 7 });
  await events.return(undefined);
});

test('a burst of changes emits at most four events a second, and its end immediately', async () => {
  const videoId = await upload();
  const events = app.subscribeToVideo(videoId, player);
  await next(events);
  const claimed = await claim(videoId);
  const updates: StatusEvent[] = [];
  const subscription = (async () => {
    for await (const event of events) updates.push(event);
  })();
  const startedAt = performance.now();
  for (let percent = 0; percent < 50; percent++) {
    await recordProgress(processing, claimed, { phase: 'RENDERING', percent }, 60);
  }
  await failVideo(processing, claimed, 'CORRUPT');
  await subscription;
  const seconds = (performance.now() - startedAt) / 1000;
  expect(updates.at(-1)).toMatchObject({ status: 'FAILED', failure: { reason: 'CORRUPT' } });
  expect(updates.length).toBeLessThanOrEqual(2 + 4 * seconds);
});

test('300 subscribers share one query of the queue', async () => {
  const ids = (await uploads(3)).map(toRowId);
  let queries = 0;
  const queuePositions = createQueuePositions({
    forkEm: () => {
      queries++;
      return app.database.em.fork();
    },
    logger: createLogger({ level: 'silent' }, {}),
  });
  const subscriptions = await Promise.all(
    Array.from({ length: 300 }, (_, n) => queuePositions.subscribe(ids[n % 3] ?? '', () => undefined)),
  );
  expect(queries).toBe(1);
  expect(new Set(subscriptions.map(({ position: place }) => place?.position))).toEqual(new Set([0, 1, 2]));
  for (const subscription of subscriptions) subscription[Symbol.dispose]();
});
