/**
 * CPU time of a 45 s 1080p30 source through the worker's own pipeline (inspect, render, splice, verify), against
 * - four passes, each a re-encode at medium crf 23: cut, scale, watermark, join with the bumpers;
 * - the floor: decoding what is kept, and encoding it from raw 720p, each alone.
 * One of each in every round, so that a slow moment hits all alike; the figures are medians.
 *
 *   npm run bench:pipeline -- [rounds = 3] [source.mp4]
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadEnv } from '../src/platform/env.ts';
import { type Bumpers, prepareBumpers } from '../worker/bumpers.ts';
import { mainJob } from '../worker/ffmpeg/arguments.ts';
import { UNCONFINED } from '../worker/ffmpeg/sandbox.ts';
import { inspect } from '../worker/steps/inspect.ts';
import { render } from '../worker/steps/render.ts';
import { openWorkspace } from '../worker/workspace.ts';

const TICKS_PER_SECOND = 100;
const KEPT_SECONDS = 30;
const TARGETS = { fewerThanFourPasses: 8, overFloor: 1.15 };

const rules = loadEnv({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/unused',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: 'unused',
}).media;

const [rounds, givenSource] = [Number(process.argv[2] ?? 3), process.argv[3]];
const folder = await mkdtemp(join(tmpdir(), 'anb-bench-'));
const file = (name: string) => join(folder, name);
try {
  await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const bumpers = await prepareBumpers(file('bumpers'));
  const source = givenSource ?? (await makeSource());
  const raw = await makeRaw(source, bumpers);
  console.log(`rounds: ${rounds}, source: ${givenSource ?? 'generated'}`);

  const contenders: Record<string, () => Promise<void>> = {
    pipeline: () => runPipeline(source, bumpers),
    decode: () => ffmpeg('-threads', '1', '-t', String(KEPT_SECONDS), '-i', source, '-an', '-f', 'null', '-'),
    encode: () => encodeRaw(raw),
    fourPasses: () => runFourPasses(source, bumpers),
  };
  const seconds: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const spent = await cpuSecondsOf(run);
      seconds[name] = [...(seconds[name] ?? []), spent];
      console.log(`round ${round}: ${name} ${spent.toFixed(2)} CPU s`);
    }
  }
  report(name => median(seconds[name] ?? []));
}

function report(of: (name: string) => number): void {
  const floor = of('decode') + of('encode');
  const fewer = of('fourPasses') / of('pipeline');
  const over = of('pipeline') / floor;
  console.log(
    `four passes / pipeline: ${fewer.toFixed(2)} (target: at least ${TARGETS.fewerThanFourPasses})`,
  );
  console.log(`pipeline / (decode + encode): ${over.toFixed(3)} (target: at most ${TARGETS.overFloor})`);
  console.log(`pipeline: ${of('pipeline').toFixed(2)} CPU s, floor: ${floor.toFixed(2)} CPU s`);
}

async function runPipeline(sourcePath: string, bumpers: Bumpers): Promise<void> {
  await using workspace = await openWorkspace(folder, 'job');
  await copyFile(sourcePath, workspace.path('source'));
  const source = { folder: workspace.folder, fileName: 'source' };
  const signal = AbortSignal.timeout(3_600_000);
  // bubblewrap does not wait for its child, so the child's time would reach nobody; it adds 30 ms a process.
  const sandbox = UNCONFINED;
  const facts = await inspect(source, rules, { sandbox, signal });
  const onProgress = () => undefined;
  await render(source, facts, { rules, bumpers, sandbox, signal, timeoutSeconds: 3600, onProgress });
}

async function runFourPasses(
  source: string,
  { openingPath, closingPath, watermarkPath }: Bumpers,
): Promise<void> {
  const encoder = ['-an', '-c:v', 'libx264', '-preset', 'medium', '-crf', '23', '-pix_fmt', 'yuv420p'];
  const [cut, scaled, marked, joined] = ['cut.mp4', 'scaled.mp4', 'marked.mp4', 'joined.mp4'].map(file) as [
    ...[string, string, string, string],
  ];
  await ffmpeg('-t', String(KEPT_SECONDS), '-i', source, ...encoder, cut);
  await ffmpeg('-i', cut, '-vf', 'scale=1280:720,setsar=1', '-r', '30', ...encoder, scaled);
  await ffmpeg('-i', scaled, '-i', watermarkPath, '-filter_complex', 'overlay=W-w-24:24', ...encoder, marked);
  const parts = ['-i', openingPath, '-i', marked, '-i', closingPath];
  await ffmpeg(
    ...parts,
    '-filter_complex',
    '[0:v][1:v][2:v]concat=n=3[out]',
    '-map',
    '[out]',
    ...encoder,
    joined,
  );
}

/** The kept part as the encoder gets it, 1.2 GB. */
async function makeRaw(source: string, { watermarkPath }: Bumpers): Promise<string> {
  const graph =
    '[0:V:0]fps=30,trim=end_frame=900,scale=1280:720:flags=bicubic,setsar=1[m];[m][1:v]overlay=W-w-24:24';
  await ffmpeg(
    '-i',
    source,
    '-i',
    watermarkPath,
    '-filter_complex',
    graph,
    '-pix_fmt',
    'yuv420p',
    file('raw.y4m'),
  );
  return file('raw.y4m');
}

async function encodeRaw(raw: string): Promise<void> {
  const facts = {
    ...{ codec: 'h264', width: 1920, height: 1080, durationSeconds: 45, frameRate: 30, rotation: 0 as const },
    ...{ evenSides: true, interlaced: false, hdr: null, colorMatrix: 'bt709' },
  };
  const paths = { source: '', watermark: '', clip: '', poster: '' };
  const [video] = mainJob(facts, KEPT_SECONDS * 30, paths).outputs;
  const options = video?.options.filter(option => option !== '-map' && option !== '[video]') ?? [];
  await ffmpeg('-i', raw, ...options, file('encoded.mp4'));
}

/**
 * What a phone delivers: a textured scene under a moving hand, something quick in front, sensor noise; H.264 at
 * 15 Mbit/s. Still textures or test cards alone would flatter every encoder.
 */
async function makeSource(): Promise<string> {
  const scene = [
    'color=gray:s=2304x1296:r=30:d=0.04,noise=alls=100:all_seed=7,gblur=sigma=5,eq=contrast=7:saturation=3',
    "loop=-1:1,setpts=N/30/TB,crop=1920:1080:x='192+150*sin(t*1.3)+9*sin(t*11)':y='108+70*sin(t*1.9)+6*sin(t*13)'[wall]",
  ].join(',');
  const player =
    "testsrc2=s=420x640:r=30[player];[wall][player]overlay=x='750+600*sin(t*2.1)':y='220+150*abs(sin(t*5))'";
  const graph = `${scene};${player},noise=alls=8:allf=t,format=yuv420p`;
  const encoder = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-b:v',
    '15M',
    '-maxrate',
    '20M',
    '-bufsize',
    '20M',
  ];
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    graph,
    '-t',
    '45',
    ...encoder,
    '-movflags',
    '+faststart',
    file('source.mp4'),
  );
  return file('source.mp4');
}

async function ffmpeg(...args: string[]): Promise<void> {
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
}

/** User and system time of every process that `run` started and that has ended: proc(5), stat, cutime and cstime. */
async function cpuSecondsOf(run: () => Promise<void>): Promise<number> {
  const before = await childTicks();
  await run();
  return ((await childTicks()) - before) / TICKS_PER_SECOND;
}

async function childTicks(): Promise<number> {
  const line = await readFile('/proc/self/stat', 'utf8');
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[13] ?? 0) + (fields[14] ?? 0);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
