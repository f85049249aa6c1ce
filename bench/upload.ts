// Throughput of one large upload (MB/s) through the real API process, against a bare node:http server that
// pipes its request to a file; and the API's memory over idle. Linux only (/proc). Both servers flush the
// file to disk before they respond; the API also parses multipart and commits the video's row.
//
//   npm run bench -- upload [MiB = 500] [rounds = 5]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from './kit/median.ts';
import { readCpuMilliseconds, readResidentKib } from './kit/process-figures.ts';
import { sendUpload } from './kit/send-upload.ts';
import { startServers } from './kit/servers.ts';
import { signUp } from './kit/sign-up.ts';

interface Target {
  url: string;
  pid: number;
  /** The folder of the uploaded files. */
  folder: string;
}

const MIB = 1024 ** 2;
const SAMPLE_MS = 20;
const TARGETS = { ratio: 0.7, memoryMib: 80 };
const [fileMib = 500, rounds = 5] = process.argv.slice(2).map(Number);

await using cleanup = new AsyncDisposableStack();
const servers = cleanup.use(await startServers('upload'));
const databaseUrl = await servers.createDatabase('bench');
const apiProcess = await servers.startApi(databaseUrl, { env: { MAX_UPLOAD_BYTES: `${fileMib}MiB` } });
const api: Target = {
  url: `${apiProcess.url}/graphql`,
  pid: apiProcess.pid,
  folder: join(servers.dir, 'uploads/original'),
};
const bare = await startBareServer(join(servers.dir, 'bare'));
const token = await signUp(apiProcess.url);
// Warm-up: the first upload runs cold code.
await measureUpload(api, 1);
await measureUpload(bare, 1);

const idleMib = readResidentKib(api.pid) / 1024;
const speeds = { api: [] as number[], bare: [] as number[] };
let peakMib = idleMib;
for (let round = 0; round < rounds; round++) {
  const measured = { api: await measureUpload(api, fileMib), bare: await measureUpload(bare, fileMib) };
  peakMib = Math.max(peakMib, measured.api.peakMib);
  for (const name of ['api', 'bare'] as const) speeds[name].push(measured[name].megabytesPerSecond);
  const [apiText, bareText] = [measured.api, measured.bare].map(
    ({ megabytesPerSecond, cpuSeconds }) =>
      `${megabytesPerSecond.toFixed(0)} MB/s (${cpuSeconds.toFixed(1)} s CPU)`,
  );
  console.log(`round ${round + 1}: API ${apiText}, bare server ${bareText}`);
}
const [apiSpeed, bareSpeed] = [median(speeds.api), median(speeds.bare)];
console.log(
  `median of ${rounds} uploads of ${fileMib} MiB: API ${apiSpeed.toFixed(0)} MB/s, bare server ${bareSpeed.toFixed(0)} MB/s`,
);
console.log(`ratio ${(apiSpeed / bareSpeed).toFixed(2)} (at least ${TARGETS.ratio})`);
console.log(
  `API memory: idle ${idleMib.toFixed(0)} MiB, peak over idle ${(peakMib - idleMib).toFixed(0)} MiB (at most ${TARGETS.memoryMib})`,
);

async function startBareServer(folder: string): Promise<Target> {
  await mkdir(folder);
  const child = fork(join(import.meta.dirname, 'kit/bare-upload-server.ts'), [join(folder, 'file')]);
  cleanup.defer(() => void child.kill('SIGKILL'));
  const [url] = await once(child, 'message');
  return { url: String(url), pid: child.pid ?? Number.NaN, folder };
}

/** Uploads one file and deletes the stored file. Returns speed, CPU time and peak memory of the server. */
async function measureUpload({ url, pid, folder }: Target, sizeMib: number) {
  let peakKib = 0;
  const sampling = setInterval(() => {
    peakKib = Math.max(peakKib, readResidentKib(pid));
  }, SAMPLE_MS);
  const cpuBefore = readCpuMilliseconds(pid);
  const startedMs = performance.now();
  try {
    await sendUpload(url, token, sizeMib);
  } finally {
    clearInterval(sampling);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return {
    megabytesPerSecond: (sizeMib * MIB) / 1e6 / seconds,
    cpuSeconds: (readCpuMilliseconds(pid) - cpuBefore) / 1000,
    peakMib: peakKib / 1024,
  };
}
