// Requests per second and 99th percentile of `{ __typename }`, a ranking page and a gallery page over HTTP,
// against a bare node:http server that reads its request and returns as many bytes. The load comes from a
// separate process.
//
//   npm run bench -- throughput [rounds = 3] [seconds per run = 5]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '../scripts/process/wait-until.mjs';
import { fillContest, query } from './kit/contest-data.ts';
import { type LoadFigures, measureLoad } from './kit/measure-load.ts';
import { median } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const PLAYERS = 1000;
const CONNECTIONS = 32;
const UNLIMITED = '1000000000';
const PAGE =
  '{ rankings(first: 20) { nodes { position votes player { username firstName lastName city } } } }';
const OPERATIONS = {
  typename: '{ __typename }',
  ranking: PAGE,
  gallery:
    '{ videos(first: 20) { nodes { id title votes processedUrl posterUrl player { username city } } } }',
};
const BARE = `
  const { createServer } = require('node:http');
  const body = Buffer.alloc(Number(process.argv[1]), 'x');
  createServer((request, response) => {
    request.resume().once('end', () => response.end(body));
  }).listen(0, '127.0.0.1', function () { process.send('http://127.0.0.1:' + this.address().port); });`;

const [rounds = 3, seconds = 5] = process.argv.slice(2).map(Number);

await using servers = await startServers('throughput');
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: PLAYERS, mostVotes: 5000 });
// The files need not exist: the gallery only returns their URLs.
await query(databaseUrl, client =>
  client.query(
    `update videos set clip_key = 'processed/' || id || '.mp4', poster_key = 'processed/' || id || '.jpg'`,
  ),
);
const api = await servers.startApi(databaseUrl, { env: { COST_PER_MINUTE_PER_NETWORK: UNLIMITED } });
await waitUntil('built leaderboards', async () => (await fetchResponse(PAGE)).includes('"position":20'), {
  deadlineSeconds: 30,
});

for (const [name, operation] of Object.entries(OPERATIONS)) {
  const sizeBytes = Buffer.byteLength(await fetchResponse(operation));
  const bare = spawn(process.execPath, ['-e', BARE, String(sizeBytes)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const runs = { api: [] as LoadFigures[], bare: [] as LoadFigures[] };
  try {
    const [bareUrl] = await once(bare, 'message');
    const urls = { api: `${api.url}/graphql`, bare: String(bareUrl) };
    await measureLoad({ url: urls.api, connections: CONNECTIONS, seconds: 1, query: operation });
    for (let round = 0; round < rounds; round++) {
      for (const server of ['api', 'bare'] as const) {
        const load = { url: urls[server], connections: CONNECTIONS, seconds, query: operation };
        runs[server].push(await measureLoad(load));
      }
    }
  } finally {
    bare.kill('SIGKILL');
  }
  const [perSecond, barePerSecond] = [runs.api, runs.bare].map(each =>
    median(each.map(({ requestsPerSecond }) => requestsPerSecond)),
  );
  const [p99, bareP99] = [runs.api, runs.bare].map(each => median(each.map(({ p99Ms }) => p99Ms)));
  console.log(
    `${name.padEnd(9)} ${perSecond?.toFixed(0)} requests/s, p99 ${p99} ms; bare ${barePerSecond?.toFixed(0)} requests/s, p99 ${bareP99} ms; ratio ${((perSecond ?? 0) / (barePerSecond ?? 1)).toFixed(3)} (${sizeBytes} bytes per response)`,
  );
}

async function fetchResponse(operation: string): Promise<string> {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: operation }),
  });
  const text = await response.text();
  if (text.includes('"errors"')) throw new Error(`The API returned errors: ${text}`);
  return text;
}
