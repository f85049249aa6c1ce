import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { EventBus } from '../../../src/platform/pubsub/event-bus.ts';
import {
  claimVideo,
  failVideo,
  recordProgress,
  releaseVideo,
} from '../../../src/videos/processing/record-processing.ts';
import { subscribeToVideo } from '../../../src/videos/processing/subscribe-to-video.ts';
import { createQueuePositions } from '../../../src/videos/queue/queue-positions.ts';
import { deregisterWorker, recordHeartbeat } from '../../../src/videos/queue/worker-registry.ts';
import type { Viewer } from '../../../src/videos/visibility.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { StatusEvent } from '../../kit/api/client.ts';
import { type Fan, gatherOne, startSecondApi } from '../../kit/contest/create-users.ts';
import { openRecording } from '../../kit/contest/processing.ts';
import { insertVideo, readStatusEvent, toRowId } from '../../kit/contest/videos.ts';

const WORKER = { workerId: crypto.randomUUID(), slots: 2 };

let app: App;
let recording: Awaited<ReturnType<typeof openRecording>>;
let player: Fan;
beforeAll(async () => {
  app = await startApp();
  recording = await openRecording(app);
  player = await gatherOne(app);
});
afterAll(async () => {
  await recording?.[Symbol.asyncDispose]();
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
  const taken = await claimVideo(recording, toRowId(videoId ?? ''), { leaseSeconds, maxWorkerDeaths: 2 });
  if (taken === null) throw new Error('The video is not to be had');
  return taken;
};
const next = async (events: AsyncGenerator<StatusEvent>): Promise<StatusEvent> => {
  const { value } = await events.next();
  if (value === undefined) throw new Error('The stream has ended');
  return value;
};
/** Publishes a clip that took `seconds` to make. */
const publish = async (seconds: number) => {
  const videoId = await insertVideo(app.database, player, { status: 'PROCESSED' });
  await app.database.em
    .fork()
    .execute('update videos set started_at = processed_at - make_interval(secs => ?) where id = ?', [
      seconds,
      toRowId(videoId),
    ]);
};

test('a follower sees its place move, though nothing happens to its own video', async () => {
  const [first, second, third] = await uploads(3);
  const events = app.follow(third ?? '', player);
  const seen = [await next(events)];
  expect(seen[0]).toMatchObject({ status: 'UPLOADED', queuePosition: 2 });
  await claim(first);
  // A newcomer sees it at once, and takes nothing away from who is there already.
  expect(await readStatusEvent(app, player, third ?? '', () => true)).toMatchObject({ queuePosition: 1 });
  seen.push(await next(events));
  expect(seen[1]).toMatchObject({ status: 'UPLOADED', phase: 'QUEUED', queuePosition: 1 });
  await app.database.em.fork().execute('delete from videos where id = ?', [toRowId(second ?? '')]);
  seen.push(await next(events));
  expect(seen[2]).toMatchObject({ queuePosition: 0 });
  // Whoever follows by another process is told the same, and of what comes next something later.
  await using other = await startSecondApi(app);
  const elsewhere = await readStatusEvent(other, player, third ?? '', () => true);
  expect(elsewhere.sequence).toBeGreaterThanOrEqual(seen[2]?.sequence ?? 0);
  await claim(third);
  seen.push(await next(events));
  expect(seen[3]).toMatchObject({ status: 'PROCESSING', queuePosition: null });
  expect(seen[3]?.sequence).toBeGreaterThan(elsewhere.sequence);
  const sequences = seen.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
  await events.return(undefined);
});

const mute: EventBus = {
  publish: () => Promise.resolve(),
  subscribe: () => Promise.resolve(() => undefined),
  close: () => undefined,
};

test('a follower learns of a change that nobody told', async () => {
  const videoId = await upload();
  await claim(videoId);
  const forkEm = () => app.database.em.fork();
  const queuePositions = createQueuePositions({ forkEm, logger: createLogger({ level: 'silent' }, {}) });
  const viewer: Viewer = { playerId: toRowId(player.id), role: 'PLAYER' };
  const deps = { forkEm, events: mute, queuePositions, leaseSeconds: 0.05 };
  const moments = subscribeToVideo(deps, viewer, toRowId(videoId));
  expect((await moments.next()).value).toMatchObject({ video: { status: 'PROCESSING' } });
  const end = `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null, sequence = sequence + 1`;
  await forkEm().execute(`${end} where id = ?`, [toRowId(videoId)]);
  expect((await moments.next()).value).toMatchObject({ video: { status: 'FAILED' } });
  expect(await moments.next()).toMatchObject({ done: true });
});

test('a follower whose place can not be found out is told nothing older than others were', async () => {
  const videoId = await upload();
  const forkEm = () => app.database.em.fork();
  await forkEm().execute(`update videos set queued_at = now() - interval '11 seconds'`);
  const others = await readStatusEvent(app, player, videoId, () => true);
  const line = createQueuePositions({
    forkEm: () => {
      throw new Error('No look at the queue now');
    },
    logger: createLogger({ level: 'silent' }, {}),
  });
  const viewer: Viewer = { playerId: toRowId(player.id), role: 'PLAYER' };
  const deps = { forkEm, events: mute, queuePositions: line, leaseSeconds: 30 };
  const moments = subscribeToVideo(deps, viewer, toRowId(videoId));
  const { value } = await moments.next();
  await moments.return();
  expect(value).toMatchObject({ queuePosition: null, etaSeconds: null });
  expect(value?.sequence).toBeGreaterThanOrEqual(others.sequence);
  expect(others.sequence).toBeGreaterThanOrEqual(5);
});

test('nobody is told a time while there is no worker or no clip to measure by', async () => {
  const videoId = await upload();
  const events = app.follow(videoId, player);
  expect(await next(events)).toMatchObject({ queuePosition: 0, etaSeconds: null });
  await recordHeartbeat(recording.em, WORKER);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
  await publish(10);
  expect(await next(events)).toMatchObject({ queuePosition: 0, etaSeconds: 10 });
  await events.return(undefined);
  await deregisterWorker(recording.em, WORKER.workerId);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
});

test('nobody counts on a worker that has said nothing for ten seconds', async () => {
  const videoId = await upload();
  await publish(10);
  await recordHeartbeat(recording.em, WORKER);
  await app.database.em.fork().execute(`update live_workers set seen_at = now() - interval '11 seconds'`);
  expect(await readStatusEvent(app, player, videoId, () => true)).toMatchObject({ etaSeconds: null });
});

test('the time follows from recent clips, from what is under way and from how many are worked on at once', async () => {
  await publish(10);
  await publish(30);
  await recordHeartbeat(recording.em, WORKER);
  const [first, second, third, fourth, fifth] = await uploads(5);
  const etaOf = async (videoId: string | undefined) =>
    (await readStatusEvent(app, player, videoId ?? '', () => true)).etaSeconds;
  // Two at once, 20 s each: the first two end in 20 s, the next two in 40 s.
  expect(await Promise.all([first, second, third, fourth, fifth].map(etaOf))).toEqual([20, 20, 40, 40, 60]);
  const taken = await claim(first);
  await recordProgress(recording, taken, { phase: 'RENDERING', percent: 50, secondsLeft: 6 }, 60);
  // One slot is free, the other one soon.
  expect(await etaOf(second)).toBe(20);
  expect(await etaOf(third)).toBeGreaterThanOrEqual(24);
  expect(await etaOf(third)).toBeLessThanOrEqual(26);
  expect(await etaOf(first)).toBeLessThanOrEqual(6);
});

test('a later attempt shows no smaller percentage, and its own time', async () => {
  const videoId = await upload();
  const first = await claim(videoId, 0.2);
  const events = app.follow(videoId, player);
  expect(await next(events)).toMatchObject({ attempt: 1, percent: 0, etaSeconds: null });
  await recordProgress(recording, first, { phase: 'RENDERING', percent: 60, secondsLeft: 8 }, 60);
  expect(await next(events)).toMatchObject({ percent: 60, etaSeconds: 8 });
  await releaseVideo(recording, first, { delaySeconds: 0, counted: true });
  expect(await next(events)).toMatchObject({ phase: 'QUEUED', percent: 60, etaSeconds: null });
  const second = await claim(videoId);
  expect(await next(events)).toMatchObject({ attempt: 2, phase: 'INSPECTING', percent: 60 });
  await recordProgress(recording, second, { phase: 'RENDERING', percent: 20, secondsLeft: 16 }, 60);
  expect(await next(events)).toMatchObject({ attempt: 2, percent: 60, etaSeconds: 16 });
  await recordProgress(recording, second, { phase: 'RENDERING', percent: 61, secondsLeft: 7 }, 60);
  expect(await next(events)).toMatchObject({ percent: 61, etaSeconds: 7 });
  await events.return(undefined);
});

test('a burst of changes is told in at most four moments a second, and its end at once', async () => {
  const videoId = await upload();
  const events = app.follow(videoId, player);
  await next(events);
  const taken = await claim(videoId);
  const moments: StatusEvent[] = [];
  const following = (async () => {
    for await (const event of events) moments.push(event);
  })();
  const startedAt = performance.now();
  for (let percent = 0; percent < 50; percent++) {
    await recordProgress(recording, taken, { phase: 'RENDERING', percent }, 60);
  }
  await failVideo(recording, taken, 'CORRUPT');
  await following;
  const seconds = (performance.now() - startedAt) / 1000;
  expect(moments.at(-1)).toMatchObject({ status: 'FAILED', failure: { reason: 'CORRUPT' } });
  expect(moments.length).toBeLessThanOrEqual(2 + 4 * seconds);
});

test('hundreds of followers share one look at the queue', async () => {
  const ids = (await uploads(3)).map(toRowId);
  let looks = 0;
  const line = createQueuePositions({
    forkEm: () => {
      looks++;
      return app.database.em.fork();
    },
    logger: createLogger({ level: 'silent' }, {}),
  });
  const spots = await Promise.all(
    Array.from({ length: 300 }, (_, n) => line.subscribe(ids[n % 3] ?? '', () => undefined)),
  );
  expect(looks).toBe(1);
  expect(new Set(spots.map(({ position: place }) => place?.position))).toEqual(new Set([0, 1, 2]));
  for (const spot of spots) spot[Symbol.dispose]();
});
