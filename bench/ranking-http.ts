// Requests per second of a ranking page with its players' names and cities over HTTP, against `{ __typename
// }` on the same API process, under load from a separate process. Then the API's self time by package and
// function, from a CPU profile of another API process under the same load.
//
//   npm run bench -- ranking-http [rounds = 3] [seconds per run = 5]

import { once } from 'node:events';
import { openModel } from '../src/model.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { rebuildLeaderboard } from '../src/rankings/sync-leaderboard.ts';
import { fillContest } from './kit/contest-data.ts';
import { readSelfTime } from './kit/cpu-profile.ts';
import { measureLoad } from './kit/measure-load.ts';
import { median } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const PLAYERS = 1000;
const CONNECTIONS = 32;
const TARGET = 0.4;
const QUERIES = {
  page: '{ rankings(first: 20) { nodes { position votes player { username firstName lastName city } } } }',
  typename: '{ __typename }',
};

const [rounds = 3, seconds = 5] = process.argv.slice(2).map(Number);

await using servers = await startServers('ranking-http');
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: PLAYERS, mostVotes: 5000 });
await buildLeaderboard();

// The whole load comes from one network.
const env = { COST_PER_MINUTE_PER_NETWORK: String(1e9) };
const api = await servers.startApi(databaseUrl, { env });
await checkPage(api.url);
for (const query of Object.values(QUERIES)) await measureRequestsPerSecond(api.url, query, 2);
const speeds = { page: [] as number[], typename: [] as number[] };
for (let round = 1; round <= rounds; round++) {
  for (const name of ['page', 'typename'] as const) {
    const speed = await measureRequestsPerSecond(api.url, QUERIES[name], seconds);
    speeds[name].push(speed);
    console.log(`round ${round}: ${name} ${speed.toFixed(0)} requests/s`);
  }
}
const [page, typename] = [median(speeds.page), median(speeds.typename)];
console.log(`median: page ${page.toFixed(0)} requests/s, __typename ${typename.toFixed(0)} requests/s`);
console.log(`ratio ${(page / typename).toFixed(2)} (at least ${TARGET})`);
await api.stop();

const profiled = await servers.startApi(databaseUrl, {
  env,
  nodeArgs: ['--cpu-prof', '--cpu-prof-name=api.cpuprofile', `--cpu-prof-dir=${servers.dir}`],
});
const loadStartMilliseconds = monotonicMilliseconds();
await measureRequestsPerSecond(profiled.url, QUERIES.page, seconds);
await profiled.stop();
const selfTime = await readSelfTime(`${servers.dir}/api.cpuprofile`, loadStartMilliseconds);
for (const [kind, times] of Object.entries(selfTime)) {
  console.log(`self time by ${kind}:`);
  for (const { name, share } of times.slice(0, 15)) {
    console.log(`${(100 * share).toFixed(1).padStart(6)} % ${name}`);
  }
}

/** Returns the monotonic clock of V8's profiles, which all processes of a machine share. */
function monotonicMilliseconds(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

async function buildLeaderboard(): Promise<void> {
  const database = await openModel({ database: { url: databaseUrl, poolSize: 2 } });
  const redis = openRedis(servers.redisUrl, 'command', createLogger({ level: 'warn' }, {}));
  try {
    await once(redis, 'ready');
    const leaderboard = openRedisLeaderboard(redis);
    await rebuildLeaderboard({ forkEm: () => database.em.fork(), leaderboard });
  } finally {
    redis.disconnect();
    await database.close(true);
  }
}

async function checkPage(url: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERIES.page }),
  });
  const text = await response.text();
  if (text.match(/"username":"player\d+"/g)?.length !== 20) throw new Error(`incomplete page: ${text}`);
}

async function measureRequestsPerSecond(apiUrl: string, query: string, forSeconds: number): Promise<number> {
  const load = { url: `${apiUrl}/graphql`, connections: CONNECTIONS, seconds: forSeconds, query };
  return (await measureLoad(load)).requestsPerSecond;
}
