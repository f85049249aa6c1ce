// What the live status costs when many wait: with 10 and with 10,000 uploads in the queue, of which up to 1,000 are
// followed, everything in one process against its own Postgres and Redis.
//
// 1. From the publication of a change to the moment that a follower of the video gets, which must not grow with the queue.
// 2. One look at the queue, which serves all who follow one that waits, at most every two seconds; and its share of a process's time.
// 3. What is told to those who wait while the queue moves by one video: far places are told coarsely.
// 4. For comparison, counting the queue before each event, as the product does not.
//
//   npm run bench:waiting -- [events = 300] [waiting = 10000]

import { openModel } from '../src/model.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { openEventBus } from '../src/platform/pubsub/event-bus.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { type Claim, claimVideo, recordProgress } from '../src/videos/processing/record-processing.ts';
import { subscribeToVideo, type VideoStatusUpdate } from '../src/videos/processing/subscribe-to-video.ts';
import { createQueuePositions } from '../src/videos/queue/queue-positions.ts';
import { recordHeartbeat } from '../src/videos/queue/worker-registry.ts';
import { TURN_SECONDS } from '../src/videos/video.status.ts';
import { query } from './kit/contest-data.ts';
import { median, quantile } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const [events = 300, many = 10_000] = process.argv.slice(2).map(Number);
const FEW = 10;
const FOLLOWED = 1000;
/** Enough that none is told more often than it may be. */
const UNDER_WAY = 100;
const LOOKS = 20;
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

// The first one pays for code that has never run.
await measure(FEW);
const few = await measure(FEW);
const lots = await measure(many);
for (const [waiting, { eventMs, countMs, lookMs, told }] of [
  [FEW, few],
  [many, lots],
] as const) {
  const [p50, p95] = [0.5, 0.95].map(share => quantile(eventMs, share).toFixed(2));
  const load = (median(lookMs) / (TURN_SECONDS * 10)).toFixed(2);
  console.log(
    `${String(waiting).padStart(6)} waiting: event to follower p50 ${p50} ms, p95 ${p95} ms; a look ${median(lookMs).toFixed(1)} ms ` +
      `(${load} % of a process); ${Math.min(FOLLOWED, waiting)} followers told ${told} times when one is taken; ` +
      `a count ${median(countMs).toFixed(2)} ms`,
  );
}
console.log(`event, ${many} over ${FEW} waiting: ${(median(lots.eventMs) / median(few.eventMs)).toFixed(2)}`);
console.log(`with a count: ${(countedMs(lots) / countedMs(few)).toFixed(2)}`);

function countedMs({ eventMs, countMs }: Awaited<ReturnType<typeof measure>>): number {
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

async function measureOn(forkEm: () => EntityManager, playerId: string, waiting: number) {
  const queuePositions = createQueuePositions({ forkEm, logger });
  const viewer = { playerId, role: 'PLAYER' } as const;
  const follow = (videoId: string) =>
    subscribeToVideo({ forkEm, events: bus, queuePositions, leaseSeconds: 30 }, viewer, videoId)[
      Symbol.asyncIterator
    ]();
  const recording = () => ({ em: forkEm(), events: bus });
  await recordHeartbeat(forkEm(), { workerId: crypto.randomUUID(), slots: 8 });

  const ids = await forkEm().execute<{ id: string }[]>('select id from videos order by queued_at, id');
  const underWay: { claim: Claim; moments: AsyncIterator<VideoStatusUpdate> }[] = [];
  for (const { id } of ids.splice(0, UNDER_WAY)) {
    const claim = await claimVideo(recording(), id, {
      leaseSeconds: 3600,
      maxWorkerDeaths: 2,
      expectedSeconds: 20,
    });
    if (claim === null) throw new Error('A video can not be claimed');
    const moments = follow(id);
    await moments.next();
    underWay.push({ claim, moments });
  }

  // Those who wait are spread over the whole queue.
  const step = Math.max(1, Math.floor(waiting / FOLLOWED));
  let told = 0;
  const followed = ids.filter((_, at) => at % step === 0).slice(0, FOLLOWED);
  const spots = await Promise.all(followed.map(({ id }) => queuePositions.subscribe(id, () => told++)));
  const lookMs: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const startedAt = performance.now();
    const line = createQueuePositions({ forkEm, logger });
    const all = await Promise.all(followed.map(({ id }) => line.subscribe(id, () => undefined)));
    lookMs.push(performance.now() - startedAt);
    for (const spot of all) spot[Symbol.dispose]();
  }

  const eventMs: number[] = [];
  const countMs: number[] = [];
  for (let event = 0; event < events; event++) {
    const { claim, moments } = underWay[event % UNDER_WAY] ?? {};
    if (claim === undefined || moments === undefined) throw new Error('Nothing is under way');
    const startedAt = performance.now();
    await recordProgress(
      recording(),
      claim,
      { phase: 'RENDERING', percent: event % 100, secondsLeft: 9 },
      3600,
    );
    await moments.next();
    eventMs.push(performance.now() - startedAt);
    const countedAt = performance.now();
    await forkEm().execute(`select count(*) from videos where status = 'UPLOADED' and queued_at < now()`);
    countMs.push(performance.now() - countedAt);
  }

  told = 0;
  const [taken] = ids;
  if (taken)
    await claimVideo(recording(), taken.id, { leaseSeconds: 3600, maxWorkerDeaths: 2, expectedSeconds: 20 });
  const { promise: turned, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, (TURN_SECONDS + 1) * 1000);
  await turned;
  const toldOfOne = told;

  for (const spot of spots) spot[Symbol.dispose]();
  for (const { moments } of underWay) await moments.return?.();
  return { eventMs, countMs, lookMs, told: toldOfOne };
}

/** A player whose videos all wait, and a few clips to measure by; the player's id. */
async function fill(url: string, waiting: number): Promise<string> {
  return query(url, async client => {
    const { rows } = await client.query<{ id: string }>(
      `insert into players (username_base, username_number, username, first_name, last_name, email, password_hash,
                            city, city_key, country)
       values ('player', 1, 'player1', 'Jordan', 'Díaz', 'player@anb.example', '-', 'Bogotá', 'bogota', 'Colombia')
       returning id`,
    );
    const [player] = rows;
    if (player === undefined) throw new Error('There is no player');
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
    await insert('queued_at', `now() - interval '1 h' + n * interval '1 ms'`, waiting + UNDER_WAY);
    await client.query('vacuum analyze videos');
    return player.id;
  });
}
