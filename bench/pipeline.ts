/**
 * CPU time of the worker's pipeline (inspect, render, splice, verify) for phone footage, against
 * - four passes, each a re-encode at medium crf 23: cut, scale, watermark, join with the bumpers;
 * - the floor: decoding the kept part, and encoding it from raw 720p, separately, with ffmpeg's default
 *   threads;
 * - the hard floor: the same with one thread each, which needs less CPU time.
 *
 * Also the cost of preview, storyboard and posters in the main pass, and the peak memory of a process. Each
 * round runs everything once, so that a slow phase of the machine affects all equally; the figures are
 * medians.
 *
 *   npm run bench -- pipeline [1080p | portrait | 4k60] [rounds = 3]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareBumpers } from '../worker/steps/bumper-cache.ts';
import { FOOTAGE, type FootageKind, ffmpeg, makeFootage } from './kit/footage.ts';
import { runFourPasses } from './kit/four-passes.ts';
import { median } from './kit/median.ts';
import {
  measureCpuSeconds,
  measurePeakChildMebibytes,
  prepareMainPass,
  rules,
  runPipeline,
} from './kit/pipeline.ts';

const TARGETS = { fewerThanFourPasses: 8, overFloor: 1.15, picturesShare: 1.05 };

const kind: FootageKind =
  (Object.keys(FOOTAGE) as FootageKind[]).find(name => name === process.argv[2]) ?? '1080p';
const rounds = Number(process.argv[3] ?? 3);
const folder = await mkdtemp(join(tmpdir(), 'anb-bench-'));
const file = (name: string) => join(folder, name);
try {
  await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const keptSeconds = Math.min(rules.clipSeconds, FOOTAGE[kind].seconds);
  const bumpers = await prepareBumpers(file('bumpers'));
  const source = await makeFootage(folder, kind);
  const pass = await prepareMainPass(source, keptSeconds * 30, bumpers, folder);
  await pass.raw(file('raw.y4m'));
  const oneThread = ['-threads', '1'];
  const encoder = pass.encoder.join(' ').replace('-threads 1', '').split(/ +/);
  const decode = (...threads: string[]) =>
    ffmpeg(...threads, '-t', String(keptSeconds), '-i', source, '-an', '-f', 'null', '-');
  const encode = (...threads: string[]) =>
    ffmpeg('-i', file('raw.y4m'), ...encoder, ...threads, file('encoded.mp4'));
  const runFullPipeline = () => runPipeline(source, bumpers, folder, async () => undefined);
  console.log(`${kind}, ${keptSeconds} s kept, ${rounds} rounds`);

  const variants: Record<string, () => Promise<unknown>> = {
    pipeline: runFullPipeline,
    decode: () => decode(),
    encode: () => encode(),
    decodeOneThread: () => decode(...oneThread),
    encodeOneThread: () => encode(...oneThread),
    withPictures: pass.withPictures,
    withoutPictures: pass.withoutPictures,
    fourPasses: () =>
      runFourPasses(source, keptSeconds, bumpers, folder, {
        isWide: FOOTAGE[kind].width > FOOTAGE[kind].height,
      }),
  };
  const seconds: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const spent = await measureCpuSeconds(run);
      seconds[name] = [...(seconds[name] ?? []), spent];
      console.log(`round ${round}: ${name} ${spent.toFixed(2)} CPU s`);
    }
  }
  printReport(name => median(seconds[name] ?? []));
  console.log(
    `peak RSS of one process: ${(await measurePeakChildMebibytes(runFullPipeline)).toFixed(0)} MiB`,
  );
}

function printReport(getMedian: (name: string) => number): void {
  const floor = getMedian('decode') + getMedian('encode');
  const hardFloor = getMedian('decodeOneThread') + getMedian('encodeOneThread');
  const line = (title: string, ratio: number, target: string) =>
    console.log(`${title}: ${ratio.toFixed(3)}${target}`);
  line(
    'four passes / pipeline',
    getMedian('fourPasses') / getMedian('pipeline'),
    ` (target: at least ${TARGETS.fewerThanFourPasses})`,
  );
  line(
    'pipeline / (decode + encode)',
    getMedian('pipeline') / floor,
    ` (target: at most ${TARGETS.overFloor})`,
  );
  line('pipeline / (decode + encode), one thread each', getMedian('pipeline') / hardFloor, '');
  line(
    'with pictures / without',
    getMedian('withPictures') / getMedian('withoutPictures'),
    ` (target: at most ${TARGETS.picturesShare})`,
  );
  const parts = [getMedian('pipeline'), floor, hardFloor].map(value => value.toFixed(2));
  console.log(`pipeline ${parts[0]} CPU s, floor ${parts[1]}, hard floor ${parts[2]}`);
}
