// Cost of a live ranking with many SSE subscribers, which run in another process than the server:
//
// 1. all with one document, which the server executes once;
// 2. each with its own document, and so with its own execution;
// 3. each with its own city, where every city changes;
// 4. the floor: a bare node:http server that writes as many prepared bytes to as many clients.
//
// Figures: the server's CPU time per event at a client (user and system, without its CPU time at rest), its
// memory per client after a garbage collection, and the age of events at arrival, since the read of the
// ranking.
//
//   npm run bench -- subscribers [clients = 2000] [seconds per run = 20]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { LeaderboardRow } from '../src/platform/leaderboard/leaderboard.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import {
  GLOBAL_BOARD,
  SCORE_COLUMNS,
  type ScoreRow,
  toLeaderboardRow,
} from '../src/rankings/leaderboard-rows.ts';
import { leaderboardChanged } from '../src/rankings/ranking.events.ts';
import { fillContest, query } from './kit/contest-data.ts';
import { GC_ON_SIGUSR2, readCpuMilliseconds, readKibAfterGc } from './kit/process-figures.ts';
import { startServers } from './kit/servers.ts';
import { connectSubscribers } from './kit/sse-subscribers.ts';

const REST_SECONDS = 5;
const TARGETS = { cpuMs: 0.015, memoryKib: 30 };
// Slightly slower than the ranking, which is read at most twice per second: each change becomes an event.
const CHANGE_MS = 600;
/** The size of one ranking event. */
const EVENT_BYTES = 900;
const [clients = 2000, seconds = 20] = process.argv.slice(2).map(Number);

const SELECTION = '{ at entries { position votes player { username city } } }';
const GLOBAL_QUERY = `subscription { rankingChanged ${SELECTION} }`;
const RUNS = {
  'one document': () => GLOBAL_QUERY,
  'own documents': (n: number) => `${GLOBAL_QUERY} # ${n}`,
  'own cities': (n: number) => `subscription { rankingChanged(city: "City ${n}") ${SELECTION} }`,
};

await using servers = await startServers('subscribers');
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: clients, mostVotes: 1000 });
const players = await query(databaseUrl, async client => {
  await client.query(
    `update players set city = 'City ' || username_number, city_key = 'city ' || username_number`,
  );
  const { rows } = await client.query<ScoreRow>(
    `select ${SCORE_COLUMNS} from tallies join players on players.id = tallies.player_id
      order by votes desc, username_number`,
  );
  return rows.map(toLeaderboardRow);
});
using redis = Object.assign(new Redis(servers.redisUrl), {
  [Symbol.dispose]: () => redis.disconnect(),
});
await once(redis, 'ready');
const leaderboard = openRedisLeaderboard(redis);

const measured = new Map<string, Awaited<ReturnType<typeof measure>>>();
for (const [name, createQuery] of Object.entries(RUNS)) {
  const changingRows = name === 'own cities' ? players : players.slice(0, 1);
  const figures = await measure(createQuery, changingRows);
  measured.set(name, figures);
  const { events, cpuMs, memoryKib, p50Ms, p95Ms } = figures;
  console.log(
    `${name.padEnd(14)} ${cpuMs.toFixed(4)} ms CPU per event (${events} events), ${memoryKib.toFixed(1)} KiB per client, event age p50 ${p50Ms} ms, p95 ${p95Ms} ms`,
  );
}
const floor = await measureFloor();
console.log(
  `${'bare server'.padEnd(14)} ${floor.cpuMs.toFixed(4)} ms CPU per event, ${floor.memoryKib.toFixed(1)} KiB per client`,
);
const [one, own] = [measured.get('one document'), measured.get('own documents')];
if (one && own) {
  console.log(
    `one document: CPU ratio ${(one.cpuMs / own.cpuMs).toFixed(2)} to one execution per client, ${(one.cpuMs / floor.cpuMs).toFixed(2)} to the bare server (targets: at most ${TARGETS.cpuMs} ms, ${TARGETS.memoryKib} KiB)`,
  );
}

async function measure(createQuery: (n: number) => string, changingRows: LeaderboardRow[]) {
  const api = await servers.startApi(databaseUrl, {
    nodeArgs: GC_ON_SIGUSR2,
    env: { PING_SECONDS: '300' },
  });
  try {
    // Warm-up: the first clients run cold code.
    {
      using _first = await connectSubscribers(
        api.url,
        Array.from({ length: 20 }, (_, n) => createQuery(n + 1)),
      );
    }
    await pause(2000);
    const emptyKib = await readKibAfterGc(api.pid);
    using subscribers = await connectSubscribers(
      api.url,
      Array.from({ length: clients }, (_, n) => createQuery(n + 1)),
    );
    await pause(2000);
    const memoryKib = ((await readKibAfterGc(api.pid)) - emptyKib) / clients;
    const atRest = readCpuMilliseconds(api.pid);
    await pause(REST_SECONDS * 1000);
    const restMsPerSecond = (readCpuMilliseconds(api.pid) - atRest) / REST_SECONDS;

    await subscribers.report();
    const [cpuBefore, startedMs] = [readCpuMilliseconds(api.pid), performance.now()];
    while (performance.now() < startedMs + seconds * 1000) {
      await change(changingRows);
      await pause(CHANGE_MS);
    }
    await pause(1000);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    const cpuMs = readCpuMilliseconds(api.pid) - cpuBefore - restMsPerSecond * elapsedSeconds;
    const { events, p50Ms, p95Ms } = await subscribers.report();
    return { events, cpuMs: cpuMs / events, memoryKib, p50Ms, p95Ms };
  } finally {
    await api.stop();
  }
}

async function measureFloor() {
  const child = fork(join(import.meta.dirname, 'kit/bare-stream-server.ts'), {
    execArgv: [...GC_ON_SIGUSR2],
  });
  try {
    const [url] = await once(child, 'message');
    const pid = child.pid ?? Number.NaN;
    const emptyKib = await readKibAfterGc(pid);
    using _subscribers = await connectSubscribers(
      String(url),
      Array.from({ length: clients }, () => GLOBAL_QUERY),
    );
    const memoryKib = ((await readKibAfterGc(pid)) - emptyKib) / clients;
    const [cpuBefore, events] = [readCpuMilliseconds(pid), Math.ceil((seconds * 1000) / CHANGE_MS)];
    for (let sent = 0; sent < events; sent++) {
      child.send({ bytes: EVENT_BYTES });
      await pause(CHANGE_MS);
    }
    return { cpuMs: (readCpuMilliseconds(pid) - cpuBefore) / (events * clients), memoryKib };
  } finally {
    child.kill();
  }
}

/** Writes changed rows to the leaderboards and publishes the change; the measured API only reads. */
async function change(rows: LeaderboardRow[]): Promise<void> {
  for (const row of rows) {
    row.score += 1;
    row.version += 1_000_000;
  }
  await leaderboard.upsert(rows);
  const boards = rows.length === 1 ? [GLOBAL_BOARD] : rows.flatMap(row => row.boards.slice(1));
  const publishing = redis.pipeline();
  for (const board of boards) publishing.publish(leaderboardChanged.topic(board), JSON.stringify({ board }));
  await publishing.exec();
}
