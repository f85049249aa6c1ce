// What the upload door costs: MB/s of one large upload through the real API process against a bare node:http server that
// pipes its request to a file, and the API's memory over idle. Linux only (/proc). Both servers flush the file to disk
// before they answer; the API also parses multipart and commits the video's row.
//
//   npm run bench:upload -- [MiB = 500] [rounds = 5]

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Child, startChild, untilReady } from '../scripts/process/child.ts';
import { createDatabase } from '../scripts/stack/databases.ts';
import { migrateDatabase } from '../scripts/stack/migrate-database.ts';
import { anyFreePort } from '../scripts/stack/ports.ts';
import { startPostgres } from '../scripts/stack/postgres.ts';
import { startRedis } from '../scripts/stack/redis.ts';
import { findProgram, withTools } from '../scripts/stack/tools.ts';

const MIB = 1024 ** 2;
const [fileMib = 500, rounds = 5] = process.argv.slice(2).map(Number);
const BOUNDARY = `------------------------${randomBytes(8).toString('hex')}`;
const BLOCK = randomBytes(MIB);
// Enough of an MP4 for the API to take it in.
BLOCK.write('\0\0\0\x18ftypisom', 'latin1');

await using cleanup = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'anb-bench-upload-'));
cleanup.defer(() => rm(dir, { recursive: true, force: true }));

const api = await startApi();
const bare = await startBare();
const token = await signUp();
await upload(api, 1);
await upload(bare, 1);

const idleMib = residentMib(api.process.pid);
const speeds = { api: [] as number[], bare: [] as number[] };
let peakMib = idleMib;
for (let round = 0; round < rounds; round++) {
  const measured = { api: await upload(api, fileMib), bare: await upload(bare, fileMib) };
  peakMib = Math.max(peakMib, measured.api.peakMib);
  for (const name of ['api', 'bare'] as const) speeds[name].push(measured[name].megabytesPerSecond);
  const [shownApi, shownBare] = [measured.api, measured.bare].map(
    each => `${each.megabytesPerSecond.toFixed(0)} MB/s (${each.cpuSeconds.toFixed(1)} s CPU)`,
  );
  console.log(`round ${round + 1}: API ${shownApi}, bare server ${shownBare}`);
}
const [apiSpeed, bareSpeed] = [median(speeds.api), median(speeds.bare)];
console.log(
  `median of ${rounds} uploads of ${fileMib} MiB: API ${apiSpeed.toFixed(0)} MB/s, bare ${bareSpeed.toFixed(0)} MB/s`,
);
console.log(`ratio ${(apiSpeed / bareSpeed).toFixed(2)} (at least 0.7)`);
console.log(
  `API memory: idle ${idleMib.toFixed(0)} MiB, over idle at most ${(peakMib - idleMib).toFixed(0)} MiB (at most 80)`,
);

interface Target {
  url: string;
  process: Child;
  /** Holds what was uploaded. */
  folder: string;
}

function files(name: string) {
  return { logPath: join(dir, `${name}.log`), pidPath: join(dir, `${name}.pid`) };
}

async function startApi(): Promise<Target> {
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    port: await anyFreePort(),
    password: 'bench',
    ...files('postgres'),
  });
  cleanup.defer(() => postgres.stop());
  await createDatabase(postgres.url('postgres'), 'bench');
  const PATH = withTools(process.env.PATH);
  const redis = await startRedis({
    program: findProgram('redis-server', PATH),
    dir: join(dir, 'redis'),
    port: await anyFreePort(),
    password: 'bench',
    ...files('redis'),
  });
  cleanup.defer(() => redis.stop());

  const port = await anyFreePort();
  const folder = join(dir, 'uploads');
  const env = {
    PATH,
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    DATABASE_URL: postgres.url('bench'),
    REDIS_URL: redis.url,
    STORAGE_DIR: folder,
    API_HOST: '127.0.0.1',
    API_PORT: String(port),
    MAX_UPLOAD_BYTES: `${fileMib}MiB`,
  };
  await migrateDatabase(env);
  const child = await startNode('api', join(import.meta.dirname, '../server/main.ts'), env);
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null))?.ok ?? false;
  await untilReady(child, ready, { deadlineSeconds: 30 });
  return { url: `http://127.0.0.1:${port}/graphql`, process: child, folder: join(folder, 'original') };
}

async function startBare(): Promise<Target> {
  const port = await anyFreePort();
  const folder = join(dir, 'bare');
  const program = `
    import { createWriteStream } from 'node:fs';
    import { mkdir } from 'node:fs/promises';
    import { createServer } from 'node:http';
    import { pipeline } from 'node:stream/promises';
    createServer(async (request, response) => {
      await mkdir(${JSON.stringify(folder)}, { recursive: true });
      await pipeline(request, createWriteStream(${JSON.stringify(join(folder, 'file'))}, { flush: true }));
      response.end('{"data":{"uploadVideo":{"__typename":"Video"}}}');
    }).listen(${port}, '127.0.0.1');`;
  const child = await startNode('bare', `--input-type=module`, process.env, ['-e', program]);
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.ok ?? false;
  await untilReady(child, ready, { deadlineSeconds: 10 });
  return { url: `http://127.0.0.1:${port}/`, process: child, folder };
}

async function startNode(
  name: string,
  main: string,
  env: NodeJS.ProcessEnv,
  rest: string[] = [],
): Promise<Child> {
  const child = await startChild({
    name,
    command: process.execPath,
    args: [main, ...rest],
    env,
    ...files(name),
    stop: { signal: 'SIGTERM', graceSeconds: 10 },
  });
  cleanup.defer(() => child.stop());
  return child;
}

async function signUp(): Promise<string> {
  const input = {
    firstName: 'Ana',
    lastName: 'Díaz',
    email: 'ana@anb.example',
    password: 'three steps and a layup',
    passwordConfirmation: 'three steps and a layup',
    city: 'Bogotá',
    country: 'Colombia',
  };
  const query =
    'mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { accessToken } } }';
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const answer = await response.text();
  const [, accessToken] = /"accessToken":"([^"]+)"/.exec(answer) ?? [];
  if (accessToken === undefined) throw new Error(`No session: ${answer}`);
  return accessToken;
}

/** Uploads one file, throws it away, and tells how fast it went and how much memory the server took at most. */
async function upload({ url, process: server, folder }: Target, sizeMib: number) {
  const query = 'mutation ($input: UploadVideoInput!) { uploadVideo(input: $input) { __typename } }';
  const operations = JSON.stringify({ query, variables: { input: { title: 'Bench', file: null } } });
  const head = Buffer.from(
    [
      ...[`--${BOUNDARY}`, 'content-disposition: form-data; name="operations"', '', operations],
      ...[
        `--${BOUNDARY}`,
        'content-disposition: form-data; name="map"',
        '',
        '{"0":["variables.input.file"]}',
      ],
      ...[`--${BOUNDARY}`, 'content-disposition: form-data; name="0"; filename="clip.mp4"', '', ''],
    ].join('\r\n'),
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const sizeBytes = sizeMib * MIB;

  let peakMib = 0;
  const sampling = setInterval(() => {
    peakMib = Math.max(peakMib, residentMib(server.pid));
  }, 20);
  const cpuBefore = cpuSeconds(server.pid);
  const startedMs = performance.now();
  const sent = request(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-length': head.length + sizeBytes + tail.length,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'graphql-require-preflight': '1',
    },
  });
  const answered = once(sent, 'response');
  await pipeline(Readable.from([head, ...Array<Buffer>(sizeMib).fill(BLOCK), tail]), sent);
  const [response] = await answered;
  const answer = await text(response);
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(sampling);
  if (!answer.includes('"Video"')) throw new Error(`The upload failed: ${answer}`);
  await rm(folder, { recursive: true, force: true });
  const megabytesPerSecond = sizeBytes / 1e6 / seconds;
  return { megabytesPerSecond, cpuSeconds: cpuSeconds(server.pid) - cpuBefore, peakMib };
}

function residentMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`Process ${pid} tells no VmRSS`);
  return Number(kib) / 1024;
}

/** User and system time of a process so far; the kernel counts it in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(afterName[11]) + Number(afterName[12])) / 100;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
