// Cost of the live status with many waiting videos: with 10 and with 10,000 uploads in the queue, of which up
// to 1,000 have a subscriber. Everything runs in one process against its own Postgres and Redis.
//
// 1. From the publication of a change to the event at a subscriber, which must not grow with the queue.
// 2. One scan of the queue, which serves all subscribers of waiting videos, at most every two seconds; and
//    its CPU share.
// 3. Updates to subscribers when the queue moves by one video: distant positions are sent coarsely.
// 4. For comparison, a count of the queue before each event, which the product avoids.
//
//   npm run bench -- waiting [events = 300] [waiting = 10000]

import { setTimeout as pause } from 'node:timers/promises';
import { openModel } from '../src/model.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { type Claim, claimVideo } from '../src/videos/processing/claim-video.ts';
import { recordProgress } from '../src/videos/processing/record-processing.ts';
import type { VideoStatusUpdate } from '../src/videos/processing/status-reader.ts';
import { WAIT_TICK_SECONDS } from '../src/videos/processing/status-sequence.ts';
import { subscribeToVideo } from '../src/videos/processing/subscribe-to-video.ts';
import { createQueuePositions, type QueuePositions } from '../src/videos/queue/queue-positions.ts';
import { recordHeartbeat } from '../src/videos/queue/worker-registry.ts';
import { query } from './kit/contest-data.ts';
import { median, quantile } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const [events = 300, many = 10_000] = process.argv.slice(2).map(Number);
const FEW = 10;
const SUBSCRIBED = 1000;
/** Enough processing videos that no subscriber reaches its maximum rate of updates. */
const PROCESSING = 100;
const SCANS = 20;
const LEASE_SECONDS = 3600;
let databases = 0;

await using servers = await startServers('waiting');
await using cleanup = new AsyncDisposableStack();
const logger = createLogger({ level: 'warn' }, {});
const [publisher, subscriber] = [
  openRedis(servers.redisUrl, 'worker', logger),
  openRedis(servers.redisUrl, 'subscriber', logger),
];
cleanup.defer(() => {
  for (const redis of [publisher, subscriber]) redis.disconnect();
});
const bus = openEventBus({ publisher, subscriber }, logger);
cleanup.defer(() => bus.close());

// Warm-up: the first run executes cold code.
await measure(FEW);
const short = await measure(FEW);
const long = await measure(many);
for (const [waiting, { eventMs, countMs, scanMs, updates }] of [
  [FEW, short],
  [many, long],
] as const) {
  const [p50, p95] = [0.5, 0.95].map(share => quantile(eventMs, share).toFixed(2));
  const load = (median(scanMs) / (WAIT_TICK_SECONDS * 10)).toFixed(2);
  console.log(
    `${String(waiting).padStart(6)} waiting: event to subscriber p50 ${p50} ms, p95 ${p95} ms; scan ${median(scanMs).toFixed(1)} ms ` +
      `(${load} % of a process); ${updates} updates to ${Math.min(SUBSCRIBED, waiting)} subscribers per claimed video; ` +
      `count ${median(countMs).toFixed(2)} ms`,
  );
}
console.log(
  `event, ${many} over ${FEW} waiting: ratio ${(median(long.eventMs) / median(short.eventMs)).toFixed(2)}`,
);
console.log(`with a count: ratio ${(medianWithCount(long) / medianWithCount(short)).toFixed(2)}`);

function medianWithCount({ eventMs, countMs }: Awaited<ReturnType<typeof measure>>): number {
  return median(eventMs) + median(countMs);
}

async function measure(waiting: number) {
  const url = await servers.createDatabase(`waiting_${databases++}`);
  const playerId = await fill(url, waiting);
  const database = await openModel({ database: { url, poolSize: 10 } });
  try {
    return await measureOn(() => database.em.fork(), playerId, waiting);
  } finally {
    await database.close(true);
  }
}

interface ProcessingVideo {
  claim: Claim;
  updates: AsyncIterator<VideoStatusUpdate>;
}

async function measureOn(forkEm: () => EntityManager, playerId: string, waiting: number) {
  const queuePositions = createQueuePositions({ forkEm, logger });
  await recordHeartbeat(forkEm(), { workerId: crypto.randomUUID(), capacity: 8 });
  const ids = await forkEm().execute<{ id: string }[]>('select id from videos order by queued_at, id');
  const processing = await startProcessing(forkEm, queuePositions, playerId, ids.splice(0, PROCESSING));

  // The subscribed videos are spread over the whole queue.
  const step = Math.max(1, Math.floor(waiting / SUBSCRIBED));
  const subscribed = ids.filter((_, at) => at % step === 0).slice(0, SUBSCRIBED);
  let updates = 0;
  const subscriptions = await Promise.all(
    subscribed.map(({ id }) => queuePositions.subscribe(id, () => updates++)),
  );
  const scanMs = await measureScans(forkEm, subscribed);
  const { eventMs, countMs } = await measureEvents(forkEm, processing);

  updates = 0;
  const [next] = ids;
  if (next) await claim(forkEm, next.id);
  await pause((WAIT_TICK_SECONDS + 1) * 1000);
  const updatesPerClaim = updates;

  for (const subscription of subscriptions) subscription[Symbol.dispose]();
  for (const video of processing) await video.updates.return?.();
  return { eventMs, countMs, scanMs, updates: updatesPerClaim };
}

/** Claims videos and subscribes to each. */
async function startProcessing(
  forkEm: () => EntityManager,
  queuePositions: QueuePositions,
  playerId: string,
  ids: readonly { id: string }[],
): Promise<ProcessingVideo[]> {
  const deps = { forkEm, events: bus, queuePositions, leaseSeconds: 30 };
  const viewer = { playerId, role: 'PLAYER' } as const;
  const processing: ProcessingVideo[] = [];
  for (const { id } of ids) {
    const claimed = await claim(forkEm, id);
    if (claimed === null) throw new Error('A video could not be claimed');
    const updates = subscribeToVideo(deps, viewer, id)[Symbol.asyncIterator]();
    await updates.next();
    processing.push({ claim: claimed, updates });
  }
  return processing;
}

function claim(forkEm: () => EntityManager, id: string): Promise<Claim | null> {
  const rules = { leaseSeconds: LEASE_SECONDS, maxWorkerDeaths: 2, expectedSeconds: 20 };
  return claimVideo({ em: forkEm(), events: bus }, id, rules);
}

/** Measures a scan of the queue, each with new subscribers. */
async function measureScans(
  forkEm: () => EntityManager,
  videos: readonly { id: string }[],
): Promise<number[]> {
  const scanMs: number[] = [];
  for (let scan = 0; scan < SCANS; scan++) {
    const startedAt = performance.now();
    const queuePositions = createQueuePositions({ forkEm, logger });
    const subscriptions = await Promise.all(
      videos.map(({ id }) => queuePositions.subscribe(id, () => undefined)),
    );
    scanMs.push(performance.now() - startedAt);
    for (const subscription of subscriptions) subscription[Symbol.dispose]();
  }
  return scanMs;
}

/** Measures the delay of progress events, and a count of the queue after each. */
async function measureEvents(forkEm: () => EntityManager, processing: readonly ProcessingVideo[]) {
  const eventMs: number[] = [];
  const countMs: number[] = [];
  for (let event = 0; event < events; event++) {
    const video = processing[event % PROCESSING];
    if (video === undefined) throw new Error('No video is processing');
    const progress = { phase: 'RENDERING', percent: event % 100, secondsLeft: 9 } as const;
    const startedAt = performance.now();
    await recordProgress({ em: forkEm(), events: bus }, video.claim, progress, LEASE_SECONDS);
    await video.updates.next();
    eventMs.push(performance.now() - startedAt);
    const countedAt = performance.now();
    await forkEm().execute(`select count(*) from videos where status = 'UPLOADED' and queued_at < now()`);
    countMs.push(performance.now() - countedAt);
  }
  return { eventMs, countMs };
}

/** Creates a player with waiting videos and a few processed ones for the ETA. Returns the player's id. */
async function fill(url: string, waiting: number): Promise<string> {
  return query(url, async client => {
    const { rows } = await client.query<{ id: string }>(
      `insert into players (username_base, username_number, username, first_name, last_name, email, password_hash,
                            city, city_key, country)
       values ('player', 1, 'player1', 'Jordan', 'Díaz', 'player@anb.example', '-', 'Bogotá', 'bogota', 'Colombia')
       returning id`,
    );
    const [player] = rows;
    if (player === undefined) throw new Error('No player was created');
    const insert = (columns: string, values: string, count: number) =>
      client.query(
        `insert into videos (id, player_id, title, attempt_limit, original_key, original_type, original_bytes, ${columns})
         select uuidv7(), $1, 'Crossover', 3, 'original/' || n || '.mp4', 'video/mp4', 1, ${values}
           from generate_series(1, $2::int) as n`,
        [player.id, count],
      );
    await insert(
      'status, started_at, processed_at, duration_seconds',
      `'PROCESSED', now() - interval '20 s', now(), 35`,
      20,
    );
    await insert('queued_at', `now() - interval '1 h' + n * interval '1 ms'`, waiting + PROCESSING);
    await client.query('vacuum analyze videos');
    return player.id;
  });
}
