// Cost and gain of nginx: throughput of `{ __typename }` and of whole clips through nginx, against the same
// API without nginx. Needs nginx (npm run test:deploy installs it).
//
//   npm run bench -- nginx [rounds = 3] [seconds per run = 5] [MiB per clip = 8]

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { startChild, untilReady } from '../scripts/process/child.ts';
import { anyFreePort } from '../scripts/stack/ports.ts';
import { toMediaPath } from '../src/videos/files/media-urls.ts';
import { prepareNginx } from '../tests/deploy/nginx/nginx-site.ts';
import { fillContest, query } from './kit/contest-data.ts';
import { type LoadFigures, measureLoad } from './kit/measure-load.ts';
import { median } from './kit/median.ts';
import { startServers } from './kit/servers.ts';

const VIDEO = z.tuple([z.object({ id: z.uuid(), clip_key: z.string() })]);

const [rounds = 3, seconds = 5, clipMib = 8] = process.argv.slice(2).map(Number);

await using stopping = new AsyncDisposableStack();
const servers = stopping.use(await startServers('nginx'));
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: 10, mostVotes: 10 });
const clip = await storeClip();
const unlimited = { COST_PER_MINUTE_PER_NETWORK: '1000000000' };
const api = await servers.startApi(databaseUrl, { env: unlimited });
const behindNginx = await servers.startApi(databaseUrl, {
  env: { ...unlimited, MEDIA_ACCEL_PREFIX: '/stored/' },
});
const nginxUrl = await startNginx(behindNginx.url);

const measures = {
  'requests/s': {
    path: '/graphql',
    load: { connections: 32, seconds, query: '{ __typename }' },
    read: ({ requestsPerSecond }: LoadFigures) => requestsPerSecond,
  },
  'MB/s of clips': {
    path: clip,
    load: { connections: 4, seconds },
    read: ({ bytesPerSecond }: LoadFigures) => bytesPerSecond / 1e6,
  },
};
for (const [name, { path, load, read }] of Object.entries(measures)) {
  const figures = { direct: [] as number[], nginx: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    figures.direct.push(read(await measureLoad({ ...load, url: api.url + path })));
    figures.nginx.push(read(await measureLoad({ ...load, url: nginxUrl + path })));
  }
  const [direct, behind] = [median(figures.direct), median(figures.nginx)];
  console.log(
    `${name}: through nginx ${behind.toFixed(0)}, direct ${direct.toFixed(0)}, ratio ${(behind / direct).toFixed(2)}`,
  );
}

/** Publishes a clip of random bytes. Returns its URL path. */
async function storeClip(): Promise<string> {
  const { rows } = await query(databaseUrl, client =>
    client.query(
      `update videos set clip_key = 'processed/' || id || '/1.mp4'
        where id = (select id from videos where status = 'PROCESSED' limit 1) returning id, clip_key`,
    ),
  );
  const [{ id, clip_key }] = VIDEO.parse(rows);
  const file = join(servers.dir, 'uploads', clip_key);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, randomBytes(clipMib * 1024 ** 2));
  return toMediaPath(id, 'clip.mp4');
}

/** Starts nginx as deployed, but without rate limits per address. */
async function startNginx(apiUrl: string): Promise<string> {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const unlimitedSite = {
    'limit_req zone=requests burst=300 nodelay;': '',
    'limit_req zone=media burst=200 nodelay;': '',
  };
  const folder = join(servers.dir, 'nginx');
  await mkdir(folder);
  const nginx = await startChild({
    name: 'nginx',
    ...(await prepareNginx(folder, {
      port,
      apis: [apiUrl],
      uploadsDir: join(servers.dir, 'uploads'),
      replacements: unlimitedSite,
    })),
    env: process.env,
    logPath: join(folder, 'nginx.log'),
    pidPath: join(folder, 'nginx.service.pid'),
    stop: { signal: 'SIGTERM', graceSeconds: 5 },
  });
  stopping.defer(() => nginx.stop());
  const isReady = async () => (await fetch(`${url}/health`).catch(() => null))?.ok ?? false;
  await untilReady(nginx, isReady, { deadlineSeconds: 20 });
  return url;
}
