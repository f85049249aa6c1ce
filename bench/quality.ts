/**
 * Quality of the clip: SSIM of the part between the bumpers against the same frames before any encoding; and
 * its size. Both against four re-encoding passes at medium crf 23 (see {@link runFourPasses}).
 *
 *   npm run bench -- quality [1080p | portrait | 4k60]
 */
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUMPER_FRAMES } from '../worker/ffmpeg/ffmpeg-jobs.ts';
import { prepareBumpers } from '../worker/steps/bumper-cache.ts';
import { FOOTAGE, type FootageKind, ffmpeg, makeFootage } from './kit/footage.ts';
import { runFourPasses } from './kit/four-passes.ts';
import { prepareMainPass, rules, runPipeline } from './kit/pipeline.ts';

const MAX_SIZE_RATIO = 1.05;

const kind: FootageKind =
  (Object.keys(FOOTAGE) as FootageKind[]).find(name => name === process.argv[2]) ?? '1080p';
const folder = await mkdtemp(join(tmpdir(), 'anb-bench-'));
const file = (name: string) => join(folder, name);
try {
  await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const keptSeconds = Math.min(rules.clipSeconds, FOOTAGE[kind].seconds);
  const frameCount = keptSeconds * 30;
  const bumpers = await prepareBumpers(file('bumpers'));
  const source = await makeFootage(folder, kind);
  const pass = await prepareMainPass(source, frameCount, bumpers, folder);
  await pass.raw(file('reference.y4m'));
  const pipelineClip = file('pipeline.mp4');
  await runPipeline(source, bumpers, folder, clip => copyFile(clip.clipPath, pipelineClip));
  const { width, height } = FOOTAGE[kind];
  const fourPassClip = await runFourPasses(source, keptSeconds, bumpers, folder, { isWide: width > height });

  const pipeline = await measure(pipelineClip, frameCount);
  const fourPasses = await measure(fourPassClip, frameCount);
  console.log(`${kind}, ${keptSeconds} s kept`);
  console.log(`pipeline:    SSIM ${pipeline.ssim.toFixed(5)}, ${pipeline.mebibytes.toFixed(2)} MiB`);
  console.log(`four passes: SSIM ${fourPasses.ssim.toFixed(5)}, ${fourPasses.mebibytes.toFixed(2)} MiB`);
  console.log(`SSIM gain: ${(pipeline.ssim - fourPasses.ssim).toFixed(5)} (target: at least 0)`);
  console.log(
    `size ratio: ${(pipeline.mebibytes / fourPasses.mebibytes).toFixed(3)} (target: at most ${MAX_SIZE_RATIO})`,
  );
}

async function measure(path: string, frameCount: number): Promise<{ ssim: number; mebibytes: number }> {
  const part = `trim=start_frame=${BUMPER_FRAMES}:end_frame=${BUMPER_FRAMES + frameCount},setpts=PTS-STARTPTS`;
  const graph = `[0:v]${part}[clip];[1:v]setpts=PTS-STARTPTS[reference];[clip][reference]ssim=shortest=1`;
  const output = await ffmpeg(
    ...['-v', 'info', '-i', path, '-i', file('reference.y4m'), '-filter_complex', graph, '-f', 'null', '-'],
  );
  const ssim = Number(/SSIM .*All:([\d.]+)/.exec(output)?.[1]);
  if (!(ssim > 0)) throw new Error('ffmpeg printed no SSIM');
  return { ssim, mebibytes: (await stat(path)).size / 1024 ** 2 };
}
