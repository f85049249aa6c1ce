// What a live ranking costs the API with many followers over SSE, who are in another process than the server:
//
// 1. all with one document, which is executed once for all of them;
// 2. each with a document of its own, a plain execution per client;
// 3. each with a city of its own, which all change;
// 4. the floor: a bare node:http server that writes as many bytes, made beforehand, to as many clients.
//
// Told are the server's CPU time for each event at a client (user and system, less what it takes at rest), its memory for
// each client after a garbage collection, and how old events are when they arrive, from the read of the ranking on.
//
//   npm run bench:subscribers -- [clients = 2000] [seconds a run = 20]

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
import { boardChanged } from '../src/rankings/ranking.events.ts';
import { fillContest, query } from './kit/contest-data.ts';
import { COLLECTABLE, cpuMilliseconds, heldKib } from './kit/process-figures.ts';
import { startServers } from './kit/servers.ts';
import { gatherCrowd } from './kit/sse-crowd.ts';

const REST_SECONDS = 5;
const TARGETS = { cpuMs: 0.015, memoryKib: 30 };
// The ranking is read at most twice a second; a little slower, so that each change is an event.
const CHANGE_MS = 600;
/** Of one of the ranking's events. */
const EVENT_BYTES = 900;
const [clients = 2000, seconds = 20] = process.argv.slice(2).map(Number);

const SELECTION = '{ at entries { position votes player { username city } } }';
const everybody = `subscription { rankingChanged ${SELECTION} }`;
const RUNS = {
  'one document': () => everybody,
  'own documents': (n: number) => `${everybody} # ${n}`,
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
for (const [name, queryOf] of Object.entries(RUNS)) {
  const changing = name === 'own cities' ? players : players.slice(0, 1);
  const figures = await measure(queryOf, changing);
  measured.set(name, figures);
  const { perEvent, cpuMs, memoryKib, p50Ms, p95Ms } = figures;
  console.log(
    `${name.padEnd(14)} ${cpuMs.toFixed(4)} ms CPU an event (${perEvent}), ${memoryKib.toFixed(1)} KiB a client, age of events p50 ${p50Ms} ms, p95 ${p95Ms} ms`,
  );
}
const floor = await measureFloor();
console.log(
  `${'bare server'.padEnd(14)} ${floor.cpuMs.toFixed(4)} ms CPU an event, ${floor.memoryKib.toFixed(1)} KiB a client`,
);
const [one, own] = [measured.get('one document'), measured.get('own documents')];
if (one && own) {
  console.log(
    `one document: ${(one.cpuMs / own.cpuMs).toFixed(2)} of the CPU of a plain execution per client, ${(one.cpuMs / floor.cpuMs).toFixed(2)} of a bare server's; targets ${TARGETS.cpuMs} ms, ${TARGETS.memoryKib} KiB`,
  );
}

async function measure(queryOf: (n: number) => string, changing: LeaderboardRow[]) {
  const api = await servers.startApi(databaseUrl, {
    nodeArgs: COLLECTABLE,
    env: { PING_SECONDS: '300' },
  });
  try {
    // The first client pays for code that has never run.
    {
      using _first = await gatherCrowd(
        api.url,
        Array.from({ length: 20 }, (_, n) => queryOf(n + 1)),
      );
    }
    await pause(2000);
    const emptyKib = await heldKib(api.pid);
    using crowd = await gatherCrowd(
      api.url,
      Array.from({ length: clients }, (_, n) => queryOf(n + 1)),
    );
    await pause(2000);
    const memoryKib = ((await heldKib(api.pid)) - emptyKib) / clients;
    const atRest = cpuMilliseconds(api.pid);
    await pause(REST_SECONDS * 1000);
    const restMsPerSecond = (cpuMilliseconds(api.pid) - atRest) / REST_SECONDS;

    await crowd.report();
    const [cpuBefore, startedMs] = [cpuMilliseconds(api.pid), performance.now()];
    while (performance.now() < startedMs + seconds * 1000) {
      await change(changing);
      await pause(CHANGE_MS);
    }
    await pause(1000);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    const cpuMs = cpuMilliseconds(api.pid) - cpuBefore - restMsPerSecond * elapsedSeconds;
    const { events, p50Ms, p95Ms } = await crowd.report();
    return { perEvent: events, cpuMs: cpuMs / events, memoryKib, p50Ms, p95Ms };
  } finally {
    await api.stop();
  }
}

async function measureFloor() {
  const child = fork(join(import.meta.dirname, 'kit/bare-stream-server.ts'), { execArgv: [...COLLECTABLE] });
  try {
    const [url] = await once(child, 'message');
    const pid = child.pid ?? Number.NaN;
    const emptyKib = await heldKib(pid);
    using _crowd = await gatherCrowd(
      String(url),
      Array.from({ length: clients }, () => everybody),
    );
    const memoryKib = ((await heldKib(pid)) - emptyKib) / clients;
    const [cpuBefore, events] = [cpuMilliseconds(pid), Math.ceil((seconds * 1000) / CHANGE_MS)];
    for (let sent = 0; sent < events; sent++) {
      child.send({ bytes: EVENT_BYTES });
      await pause(CHANGE_MS);
    }
    return { cpuMs: (cpuMilliseconds(pid) - cpuBefore) / (events * clients), memoryKib };
  } finally {
    child.kill();
  }
}

/** Writes to the boards what a projection would, and tells of it; the API measured only reads. */
async function change(rows: LeaderboardRow[]): Promise<void> {
  for (const row of rows) {
    row.score += 1;
    row.version += 1_000_000;
  }
  await leaderboard.upsert(rows);
  const boards = rows.length === 1 ? [GLOBAL_BOARD] : rows.flatMap(row => row.boards.slice(1));
  const publishing = redis.pipeline();
  for (const board of boards) publishing.publish(boardChanged.topic(board), JSON.stringify({ board }));
  await publishing.exec();
}
