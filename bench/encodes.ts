/**
 * Clips a minute that this machine makes with 1, 2 and 4 of them under way at once, as one worker with that concurrency
 * or as many workers do, and what the sandbox costs: the wall clock of one look at a file's headers with and without it.
 * Interleaved; medians.
 *
 *   npm run bench:encodes -- [clips = 4] [rounds = 2]
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSemaphore } from '../src/platform/concurrency/semaphore.ts';
import { detectSandbox, type Sandbox, UNCONFINED } from '../worker/ffmpeg/sandbox.ts';
import { type Bumpers, prepareBumpers } from '../worker/steps/bumpers.ts';
import { inspect } from '../worker/steps/inspect.ts';
import { ffmpeg, makeFootage } from './kit/footage.ts';
import { median } from './kit/median.ts';
import { rules, runPipeline } from './kit/pipeline.ts';

const CONCURRENCY = [1, 2, 4];
const LOOKS = 30;
const KEPT_SECONDS = 10;

const [clips = 4, rounds = 2] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'anb-bench-'));
try {
  const sandbox = await detectSandbox();
  const bumpers = await prepareBumpers(join(folder, 'bumpers'));
  const whole = await makeFootage(folder, '1080p');
  const source = join(folder, 'short.mp4');
  await ffmpeg('-i', whole, '-t', String(KEPT_SECONDS), '-c', 'copy', source);
  console.log(`${availableParallelism()} cores, load average ${loadavg().map(load => load.toFixed(1))}`);
  await compareConcurrency(source, bumpers, sandbox);
  await compareSandboxes(source, sandbox);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compareConcurrency(source: string, bumpers: Bumpers, sandbox: Sandbox): Promise<void> {
  const clipsPerMinute = new Map<number, number[]>(CONCURRENCY.map(atOnce => [atOnce, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [atOnce, measured] of clipsPerMinute) {
      const slot = createSemaphore(atOnce);
      const started = performance.now();
      await Promise.all(
        Array.from({ length: clips }, () =>
          slot(() => runPipeline(source, bumpers, folder, async () => undefined, sandbox)),
        ),
      );
      measured.push((clips * 60_000) / (performance.now() - started));
    }
  }
  const alone = median(clipsPerMinute.get(1) ?? []);
  for (const [atOnce, measured] of clipsPerMinute) {
    const rate = median(measured);
    console.log(
      `${atOnce} at once: ${rate.toFixed(2)} clips of ${KEPT_SECONDS} s a minute, ${(rate / alone).toFixed(2)} times one at once`,
    );
  }
}

async function compareSandboxes(source: string, sandbox: Sandbox): Promise<void> {
  const job = join(folder, 'looks');
  await mkdir(job);
  await copyFile(source, join(job, 'source'));
  const look = async (fence: Sandbox) => {
    const started = performance.now();
    const signal = AbortSignal.timeout(60_000);
    await inspect({ folder: job, fileName: 'source' }, rules, { sandbox: fence, signal });
    return performance.now() - started;
  };
  const [plain, fenced]: [number[], number[]] = [[], []];
  for (let time = 0; time < LOOKS; time++) {
    plain.push(await look(UNCONFINED));
    fenced.push(await look(sandbox));
  }
  const added = median(fenced) - median(plain);
  console.log(
    `sandbox (${sandbox.isolation}, ${sandbox.limits}): ${added.toFixed(1)} ms a process on top of ${median(plain).toFixed(1)} ms`,
  );
}
