/**
 * Time from the SIGKILL of a worker during an encode to the first event of the next attempt, with two workers
 * and the default lease and reconciler; and its ratio to the lease, which is the minimum.
 *
 *   npm run bench -- takeover [kills = 5]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openTestCluster } from '../chaos/test-cluster.ts';
import { withTools } from '../scripts/stack/find-program.ts';
import { loadEnv } from '../src/env.ts';
import { createClient } from '../tests/kit/api/client.ts';
import { findEncoders } from '../tests/kit/services/processes.ts';
import { median, quantile } from './kit/median.ts';

const TARGET_SECONDS = 15;

const [kills = 5] = process.argv.slice(2).map(Number);
const { processing, worker } = loadEnv({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/unused',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: 'unused',
});

await using cleanup = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'anb-bench-takeover-'));
cleanup.defer(() => rm(dir, { recursive: true, force: true }));
const cluster = cleanup.use(
  await openTestCluster({
    LEASE_SECONDS: String(processing.leaseSeconds),
    RECONCILE_SECONDS: String(worker.reconcileSeconds),
    MAX_ATTEMPTS: '20',
    MAX_WORKER_DEATHS: '20',
    CLIP_SECONDS: '20',
  }),
);
const [url = ''] = cluster.apis.map(api => api.url);
const api = createClient(url);
const player = await api.signUp();
const source = join(dir, 'source.mp4');
const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30:duration=20', '-pix_fmt', 'yuv420p'];
await promisify(execFile)('ffmpeg', ['-v', 'error', ...picture, '-preset', 'ultrafast', source], {
  env: { PATH: withTools(process.env.PATH) },
});

console.log(`load average ${loadavg().map(load => load.toFixed(1))}`);
const seconds: number[] = [];
while (seconds.length < kills) {
  seconds.push(await measureTakeover());
  console.log(`takeover after ${seconds.at(-1)?.toFixed(1)} s`);
}
const { leaseSeconds } = processing;
console.log(
  `takeover: median ${median(seconds).toFixed(1)} s, max ${quantile(seconds, 1).toFixed(1)} s (target: at most ${TARGET_SECONDS} s); ` +
    `ratio ${(median(seconds) / leaseSeconds).toFixed(2)} to the lease of ${leaseSeconds} s`,
);

/** Uploads a video, kills the worker that encodes it, and waits for the first event of its next attempt. */
async function measureTakeover(): Promise<number> {
  const uploaded = await api.upload(player, source);
  if (uploaded.__typename !== 'Video') throw new Error(uploaded.code);
  let killedAt: number | undefined;
  for await (const { phase, attempt, percent } of api.subscribeToVideo(uploaded.id, player)) {
    if (killedAt === undefined) {
      const busy = cluster.workers.find(({ pid }) => findEncoders(pid).length > 0);
      if (phase !== 'RENDERING' || percent === 0 || busy === undefined) continue;
      killedAt = performance.now();
      void busy.kill();
    } else if (attempt > 1 && phase !== 'QUEUED') return (performance.now() - killedAt) / 1000;
  }
  throw new Error('The video ended before a worker was killed');
}
