// Delay of the live status on an idle system: one API process and one worker process with their own Postgres
// and Redis, and one client that uploads tiny videos one by one and subscribes to each over SSE until it ends.
//
// 1. From the upload's response, sent directly after its commit, to the first PROCESSING event at the client.
//    Includes the start of the subscription; the worker's time to claim the row has its own line.
// 2. From the write of the terminal state to the event at the client. Starts with the UPDATE itself (the
//    row's processed_at), and so includes the commit with its fsync. Postgres's clock is converted to the
//    client's.
// 3. The floor: a message through the same Redis to a subscriber in the client.
//
//   npm run bench -- status [videos = 50]

import { execFile } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'graphql-sse';
import { Redis } from 'ioredis';
import pg from 'pg';
import { z } from 'zod';
import { ChildGroup } from '../scripts/process/child-group.ts';
import { withTools } from '../scripts/stack/find-program.ts';
import { startLocalStack } from '../scripts/stack/local-stack.ts';
import { quantile } from './kit/median.ts';
import { signUp } from './kit/sign-up.ts';

const [videos = 50] = process.argv.slice(2).map(Number);
const PATH = withTools(process.env.PATH);
const ROUND_TRIPS = 500;
const CLOCK_READS = 50;
const STATUS = z.object({ data: z.object({ videoStatus: z.object({ status: z.string() }) }) });
const ROW = z.object({ uploadedAt: z.number(), startedAt: z.number(), processedAt: z.number() });

await using cleanup = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'anb-bench-status-'));
cleanup.defer(() => rm(dir, { recursive: true, force: true }));
const stack = await startStack();
const database = new pg.Client({ connectionString: stack.DATABASE_URL });
await database.connect();
cleanup.defer(() => database.end());
const file = await openAsBlob(await makeSource());
const token = await signUp(stack.apiUrl);
const subscriber = createClient({
  url: `${stack.apiUrl}/graphql`,
  headers: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
});
cleanup.defer(() => subscriber.dispose());

// Warm-up: the first video opens connections and runs cold code.
await measureVideo();
console.log(`load average ${loadavg().map(load => load.toFixed(1))}`);
const measured: Awaited<ReturnType<typeof measureVideo>>[] = [];
while (measured.length < videos) measured.push(await measureVideo());
const floor = await measureRedis();

const terminal = measured.map(each => each.terminalMs);
report(
  'upload response → PROCESSING event at the client',
  measured.map(each => each.processingMs),
);
report(
  '  of this: row inserted → claimed by the worker',
  measured.map(each => each.claimMs),
);
report('terminal state written → event at the client', terminal);
report('floor: Redis publish → subscriber', floor);
for (const share of [0.5, 0.95]) {
  const ratio = quantile(terminal, share) / quantile(floor, share);
  console.log(`terminal event over floor, p${share * 100}: ratio ${ratio.toFixed(1)}`);
}

function report(label: string, values: readonly number[]): void {
  const [p50, p95, most] = [0.5, 0.95, 1].map(share => quantile(values, share).toFixed(2).padStart(8));
  console.log(`${label.padEnd(48)} p50 ${p50} ms  p95 ${p95} ms  max ${most} ms  (n = ${values.length})`);
}

async function startStack() {
  const group = new ChildGroup();
  cleanup.defer(() => group.stop());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Child processes run in their own sessions, which the signal does not reach.
    process.once(signal, () => {
      group.kill();
      process.exit(1);
    });
  }
  await startLocalStack({
    dataDir: dir,
    env: {
      PATH,
      API_PORT: '0',
      WORKER_PORT: '0',
      LOG_LEVEL: 'warn',
      MIN_SOURCE_SECONDS: '1',
      MIN_SOURCE_HEIGHT: '16',
    },
    watch: false,
    group,
    signal: new AbortController().signal,
    print: console.log,
  });
  const addresses = z.object({ DATABASE_URL: z.string(), REDIS_URL: z.string(), apiUrl: z.string() });
  return addresses.parse(JSON.parse(await readFile(join(dir, 'stack.json'), 'utf8')));
}

/** Creates a video of the shortest processing time. */
async function makeSource(): Promise<string> {
  const path = join(dir, 'source.mp4');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=30:d=1', '-pix_fmt', 'yuv420p'];
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...picture, path], { env: { PATH } });
  return path;
}

/** Uploads the video, subscribes to it until it ends, and returns the delays. */
async function measureVideo() {
  const videoId = await upload();
  const respondedAt = now();
  let processingAt = Number.NaN;
  let endedAt = Number.NaN;
  const query = 'subscription ($videoId: ID!) { videoStatus(videoId: $videoId) { status } }';
  for await (const event of subscriber.iterate({ query, variables: { videoId } })) {
    const { status } = STATUS.parse(event).data.videoStatus;
    if (status === 'PROCESSING' && Number.isNaN(processingAt)) processingAt = now();
    if (status === 'PROCESSED') endedAt = now();
  }
  const { rows } = await database.query(
    `select extract(epoch from uploaded_at)::float8 * 1000 as "uploadedAt",
            extract(epoch from started_at)::float8 * 1000 as "startedAt",
            extract(epoch from processed_at)::float8 * 1000 as "processedAt"
       from videos order by uploaded_at desc limit 1`,
  );
  const row = ROW.parse(rows[0]);
  return {
    processingMs: processingAt - respondedAt,
    claimMs: row.startedAt - row.uploadedAt,
    terminalMs: endedAt - (row.processedAt + (await readClockOffset())),
  };
}

/** Returns milliseconds since 1970 by this process's clock, which has finer steps than `Date.now()`. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Returns by how many milliseconds this process's clock is ahead of Postgres's, from the fastest of several
 * reads.
 */
async function readClockOffset(): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let read = 0; read < CLOCK_READS; read++) {
    const sentAt = now();
    const { rows } = await database.query(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
    );
    const tripMs = now() - sentAt;
    const { at } = z.object({ at: z.number() }).parse(rows[0]);
    if (tripMs < best.tripMs) best = { tripMs, offsetMs: sentAt + tripMs / 2 - at };
  }
  return best.offsetMs;
}

async function measureRedis(): Promise<number[]> {
  const [publisher, subscriber] = [new Redis(stack.REDIS_URL), new Redis(stack.REDIS_URL)];
  cleanup.defer(() => {
    for (const connection of [publisher, subscriber]) connection.disconnect();
  });
  await subscriber.subscribe('bench');
  const trips: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip++) {
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    subscriber.once('message', () => resolve());
    const sentAt = now();
    await Promise.all([
      publisher.publish('bench', JSON.stringify({ trip })),
      arrived.then(() => trips.push(now() - sentAt)),
    ]);
  }
  return trips;
}

async function upload(): Promise<string> {
  const query = 'mutation ($input: UploadVideoInput!) { uploadVideo(input: $input) { ... on Video { id } } }';
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { title: 'Bench', file: null } } }));
  form.set('map', '{"0":["variables.input.file"]}');
  form.set('0', file, 'clip.mp4');
  const data = await post(form, { authorization: `Bearer ${token}`, 'graphql-require-preflight': '1' });
  return z.object({ uploadVideo: z.object({ id: z.string() }) }).parse(data).uploadVideo.id;
}

async function post(body: string | FormData, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${stack.apiUrl}/graphql`, { method: 'POST', headers, body });
  return z.object({ data: z.unknown() }).parse(await response.json()).data;
}
