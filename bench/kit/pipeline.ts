import { randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEnv } from '../../src/platform/config/env.ts';
import { mainJob } from '../../worker/ffmpeg/arguments.ts';
import type { MediaFacts } from '../../worker/ffmpeg/probe.ts';
import { type Sandbox, UNCONFINED } from '../../worker/ffmpeg/sandbox.ts';
import { openWorkspace } from '../../worker/processing/workspace.ts';
import type { Bumpers } from '../../worker/steps/bumpers.ts';
import { inspect } from '../../worker/steps/inspect.ts';
import { type RenderedClip, render } from '../../worker/steps/render.ts';
import { ffmpeg } from './footage.ts';

const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 50;

/** The contest's own rules, but for how short a source may be. */
export const rules = {
  ...loadEnv({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://localhost/unused',
    REDIS_URL: 'redis://localhost',
    STORAGE_DIR: 'unused',
  }).media,
  minSourceSeconds: 1,
};

// bubblewrap does not wait for its child, so the child's time would reach nobody.
const tools = () => ({ sandbox: UNCONFINED, signal: AbortSignal.timeout(3_600_000) });

/** Inspects and renders a source as the worker does, in a workspace below `folder`, and gives the clip to `look`. */
export async function runPipeline<T>(
  sourcePath: string,
  bumpers: Bumpers,
  folder: string,
  look: (clip: RenderedClip) => Promise<T>,
  sandbox: Sandbox = UNCONFINED,
): Promise<T> {
  await using workspace = await openWorkspace(folder, randomUUID());
  await copyFile(sourcePath, workspace.path('source'));
  const source = { folder: workspace.folder, fileName: 'source' };
  const run = { ...tools(), sandbox };
  const facts = await inspect(source, rules, run);
  const onProgress = () => undefined;
  return look(await render(source, facts, { ...run, rules, bumpers, timeoutSeconds: 3600, onProgress }));
}

/** What the worker's one pass over a source would be, its arguments one by one, with other outputs. */
export async function mainPass(
  sourcePath: string,
  frameCount: number,
  { watermarkPath }: Bumpers,
  folder: string,
): Promise<{
  encoder: string[];
  withPictures(): Promise<void>;
  withoutPictures(): Promise<void>;
  raw(to: string): Promise<void>;
}> {
  await copyFile(sourcePath, join(folder, 'source'));
  const facts: MediaFacts = await inspect({ folder, fileName: 'source' }, rules, tools());
  const file = (name: string) => join(folder, name);
  const job = mainJob(facts, frameCount, {
    ...{ source: file('source'), watermark: watermarkPath, clip: file('pass.mp4') },
    ...{
      poster: file('p.jpg'),
      brightPoster: file('b.jpg'),
      preview: file('p.webp'),
      storyboard: file('s.jpg'),
    },
  });
  const [video, ...pictures] = job.outputs;
  if (!video) throw new Error('The pass has no output');
  const inputs = job.inputs.flatMap(({ options, source }) => [...options, '-i', source]);
  const graph = job.filterGraph ?? '';
  const alone = graph.replace(/\[pictures\]split.*/s, '[pictures]nullsink');
  const pass = async (filters: string, outputs: readonly string[]) => {
    await ffmpeg('-filter_complex_threads', '1', ...inputs, '-filter_complex', filters, ...outputs);
  };
  const main = [...video.options, video.target];
  return {
    encoder: video.options.slice(video.options.indexOf('[video]') + 1),
    withPictures: () =>
      pass(graph, [...main, ...pictures.flatMap(({ options, target }) => [...options, target])]),
    withoutPictures: () => pass(alone, main),
    raw: to => pass(alone, ['-map', '[video]', '-f', 'yuv4mpegpipe', to]),
  };
}

/** User and system time of every process that `run` started and that has ended: proc(5), stat, cutime and cstime. */
export async function cpuSecondsOf(run: () => Promise<unknown>): Promise<number> {
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

/** The most memory that one child process of ours had in RAM while `run` went on, in MiB: proc(5), VmHWM. */
export async function peakChildMebibytes(run: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const sample = async () => {
    const tasks = await readdir('/proc/self/task');
    const children = await Promise.all(
      tasks.map(task => readFile(`/proc/self/task/${task}/children`, 'utf8')),
    );
    for (const pid of children.join(' ').trim().split(/\s+/)) {
      // A child may end between the list and the look.
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
