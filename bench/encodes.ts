/**
 * Clips per minute of this machine with 1, 2 and 4 concurrent encodes, in one worker or in several; and the
 * cost of the sandbox: the wall clock time of reading a file's headers with and without the sandbox.
 * Interleaved runs; medians.
 *
 *   npm run bench -- encodes [clips = 4] [rounds = 2]
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSemaphore } from '../src/platform/concurrency/semaphore.ts';
import { detectSandbox, NO_SANDBOX, type Sandbox } from '../worker/ffmpeg/sandbox.ts';
import { type Bumpers, prepareBumpers } from '../worker/steps/bumper-cache.ts';
import { inspect } from '../worker/steps/inspect.ts';
import { ffmpeg, makeFootage } from './kit/footage.ts';
import { median } from './kit/median.ts';
import { rules, runPipeline } from './kit/pipeline.ts';

const CONCURRENCY = [1, 2, 4];
const INSPECTIONS = 30;
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
  const clipsPerMinute = new Map<number, number[]>(CONCURRENCY.map(concurrency => [concurrency, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [concurrency, measured] of clipsPerMinute) {
      const limit = createSemaphore(concurrency);
      const started = performance.now();
      await Promise.all(
        Array.from({ length: clips }, () =>
          limit(() => runPipeline(source, bumpers, folder, async () => undefined, sandbox)),
        ),
      );
      measured.push((clips * 60_000) / (performance.now() - started));
    }
  }
  const single = median(clipsPerMinute.get(1) ?? []);
  for (const [concurrency, measured] of clipsPerMinute) {
    const rate = median(measured);
    console.log(
      `concurrency ${concurrency}: ${rate.toFixed(2)} clips of ${KEPT_SECONDS} s per minute, ratio to concurrency 1 ${(rate / single).toFixed(2)}`,
    );
  }
}

async function compareSandboxes(source: string, sandbox: Sandbox): Promise<void> {
  const job = join(folder, 'inspections');
  await mkdir(job);
  await copyFile(source, join(job, 'source'));
  const measureInspection = async (tested: Sandbox) => {
    const started = performance.now();
    const signal = AbortSignal.timeout(60_000);
    await inspect({ folder: job, fileName: 'source' }, rules, { sandbox: tested, signal });
    return performance.now() - started;
  };
  const [unconfined, sandboxed]: [number[], number[]] = [[], []];
  for (let time = 0; time < INSPECTIONS; time++) {
    unconfined.push(await measureInspection(NO_SANDBOX));
    sandboxed.push(await measureInspection(sandbox));
  }
  const added = median(sandboxed) - median(unconfined);
  console.log(
    `sandbox (${sandbox.isolation}, ${sandbox.limits}): ${added.toFixed(1)} ms per process, over ${median(unconfined).toFixed(1)} ms without`,
  );
}
