// Cost of a bucket against a folder: the file operations of one video (original written and downloaded, clip
// uploaded and read) in an S3 store on this host and in a local folder, in the same run; and the memory of
// writes over idle. The store is OpenStack Swift, in Python: the ratio shows the cost of the protocol here,
// not the performance of S3.
//
//   npm run bench -- storage [MiB = 100] [rounds = 3]

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openStorage } from '../src/platform/storage/open-storage.ts';
import type { Storage, StorageKey } from '../src/platform/storage/storage.ts';
import { startObjectStore } from '../tests/kit/services/swift/object-store.ts';
import { median } from './kit/median.ts';
import { readResidentKib } from './kit/process-figures.ts';

const MIB = 1024 ** 2;
const [fileMib = 100, rounds = 3] = process.argv.slice(2).map(Number);
const CLIP_MIB = Math.max(1, Math.round(fileMib / 10));
const BLOCK = randomBytes(MIB);
const ORIGINAL: StorageKey = 'original/bench.mp4';
const CLIP: StorageKey = 'processed/bench/1.mp4';

await using cleanup = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'anb-bench-storage-'));
cleanup.defer(() => rm(dir, { recursive: true, force: true }));
const server = await startObjectStore(dir);
cleanup.defer(() => server.stop());
Object.assign(process.env, server.env);

const clipPath = join(dir, 'clip.mp4');
await writeFile(clipPath, Buffer.concat(Array<Buffer>(CLIP_MIB).fill(BLOCK)));
const stores = {
  folder: await openStorage({ kind: 'local', dir: join(dir, 'folder') }),
  bucket: await openStorage({
    kind: 's3',
    bucket: server.env.S3_BUCKET,
    region: 'us-east-1',
    endpoint: server.env.S3_ENDPOINT,
    encryption: 'none',
    kmsKey: null,
  }),
};
for (const storage of Object.values(stores)) await measureVideoFiles(storage, 1);

const idleKib = readResidentKib(process.pid);
const seconds = { folder: [] as number[], bucket: [] as number[] };
let overIdleMib = 0;
for (let round = 1; round <= rounds; round++) {
  for (const name of ['folder', 'bucket'] as const) {
    const measured = await measureVideoFiles(stores[name], fileMib);
    seconds[name].push(measured.seconds);
    if (name === 'bucket') overIdleMib = Math.max(overIdleMib, (measured.peakKib - idleKib) / 1024);
    console.log(`round ${round}, ${name}: ${measured.seconds.toFixed(2)} s`);
  }
}
const [folder, bucket] = [median(seconds.folder), median(seconds.bucket)];
console.log(`median for ${fileMib} MiB: folder ${folder.toFixed(2)} s, bucket ${bucket.toFixed(2)} s`);
console.log(`ratio ${(bucket / folder).toFixed(1)}`);
console.log(`peak memory over idle: ${overIdleMib.toFixed(0)} MiB for ${fileMib} MiB (at most 64)`);

async function measureVideoFiles(storage: Storage, sizeMib: number) {
  let peakKib = 0;
  const sampling = setInterval(() => {
    peakKib = Math.max(peakKib, readResidentKib(process.pid));
  }, 20);
  const target = join(dir, 'original.mp4');
  const startedMs = performance.now();
  await storage.write(ORIGINAL, Readable.from(Array<Buffer>(sizeMib).fill(BLOCK)), {
    maxBytes: sizeMib * MIB,
  });
  await storage.download(ORIGINAL, target);
  await storage.upload(clipPath, CLIP);
  let readBytes = 0;
  for await (const chunk of await storage.open(CLIP)) readBytes += chunk.length;
  const took = (performance.now() - startedMs) / 1000;
  clearInterval(sampling);
  if (readBytes !== CLIP_MIB * MIB) throw new Error(`Read ${readBytes} bytes of the clip`);
  await rm(target);
  return { seconds: took, peakKib };
}
